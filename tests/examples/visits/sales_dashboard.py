"""A sales lead filters by region, converts to euros, saves a report, and asks for a summary that needs a key."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

page = AppTest.from_file(Path.cwd() / "app.py", default_timeout=60).run()


def widget(kind: str, label: str):  # type: ignore[no-untyped-def]
    return next(found for found in getattr(page, kind) if found.label == label)


assert not page.exception
assert widget("metric", "Orders").value == "60"

widget("selectbox", "Region").select("North").run()
assert not page.exception
assert widget("metric", "Orders").value == "23"

widget("selectbox", "Currency").select("EUR").run()
assert widget("metric", "Revenue").value == "14,983 EUR"

widget("button", "Save report").click().run()
assert Path("reports/sales.csv").read_text().count("\n") == 24

widget("button", "Write summary").click().run()
assert "Could not write the summary" in page.error[0].value

widget("text_input", "Customer contains").input("nobody").run()
assert page.warning[0].value == "No sales match your filters."
