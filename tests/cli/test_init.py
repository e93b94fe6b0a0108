"""`durability init`: a draft of the features that reads back as it was written, and never overwrites."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durability.config import Feature, find_config, read_config
from durability.engine.draft import Draft
from durability.output.draft_toml import render

APP = """from fastapi import APIRouter, FastAPI
app = FastAPI()
router = APIRouter(prefix="/api/orders")
@router.get("/{key}")
def one(key: int): return key
@router.post("")
def add(name: str): return name
app.include_router(router)
@app.get("/")
def home(): return ""
@app.get("/health")
def health(): return "ok"
if __name__ == "__main__":
    print("uvicorn app:app")
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "app.py").write_text(APP, "utf-8")
    return tmp_path


def test_the_draft_groups_what_belongs_together(project, run):
    assert run("init", str(project)).code == 0
    found = {feature.name: feature.entry for feature in find_config(project).config.feature}
    assert found == {"Orders": ("GET /api/orders/{key}", "POST /api/orders"), "Start page": ("GET /",)}


def test_after_init_the_report_shows_the_features_and_promises_nothing_untrue(project, run):
    run("init", str(project))
    text = run(str(project)).out
    assert "Features" in text
    assert "promised, not built" not in text
    assert "built, not promised" not in text


def test_the_context_is_left_open(project, run):
    run("init", str(project))
    assert find_config(project).config.product is None


def test_nothing_is_overwritten(project, run):
    assert run("init", str(project)).code == 0
    before = (project / "durability.toml").read_text("utf-8")
    again = run("init", str(project))
    assert again.code == 2
    assert "--stdout" in again.err
    assert (project / "durability.toml").read_text("utf-8") == before
    assert run("init", str(project), "--stdout").out == before


def test_settings_in_pyproject_are_added_to(project, run):
    (project / "pyproject.toml").write_text('[project]\nname = "x"\n[tool.durability]\nexclude = ["old"]\n', "utf-8")
    refused = run("init", str(project))
    assert (refused.code, "--pyproject" in refused.err) == (2, True)
    assert run("init", str(project), "--pyproject").code == 0
    config = find_config(project).config
    assert config.exclude == ("old",)
    assert [feature.name for feature in config.feature] == ["Orders", "Start page"]


def test_without_a_pyproject_there_is_nothing_to_add_to(project, run):
    result = run("init", str(project), "--pyproject")
    assert (result.code, "no pyproject.toml" in result.err) == (2, True)


def test_a_folder_without_python_is_a_mistake(tmp_path, run):
    assert run("init", str(tmp_path)).code == 2


@given(
    st.lists(
        st.builds(
            Feature,
            name=st.text(min_size=1),
            entry=st.lists(st.text(min_size=1), min_size=1, max_size=3).map(tuple),
        ),
        max_size=4,
    )
)
def test_any_name_and_address_reads_back_as_it_was_written(features):
    text = render(Draft(tuple(features), 0), "tool.durability.")
    document = tomllib.loads(text)
    found = document.get("tool", {}).get("durability", {}).get("feature", [])
    assert [(item["name"], tuple(item["entry"])) for item in found] == [(item.name, item.entry) for item in features]


def test_the_draft_is_a_valid_file_of_settings(tmp_path):
    file = tmp_path / "durability.toml"
    file.write_text(render(Draft((Feature("Pay", entry=("POST /pay",)),), 1), ""), "utf-8")
    assert read_config(file).config.feature[0].name == "Pay"
