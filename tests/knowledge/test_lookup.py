"""Names are found directly, through parents, attributes and aliases."""

from durability.knowledge import knowledge


def test_a_method_of_a_subclass_comes_from_its_parent() -> None:
    (row,) = knowledge().rows("openai.AzureOpenAI.embeddings.create")
    assert (row.name, row.effect) == ("openai.AzureOpenAI.embeddings.create", "llm")
    assert row.blocking
    assert not row.async_


def test_an_async_sibling_lends_awaitable_methods() -> None:
    (row,) = knowledge().rows("openai.AsyncOpenAI.chat.completions.create")
    assert row.async_
    assert not row.blocking
    assert row.timeout == 600.0
    (plain,) = knowledge().rows("openai.AsyncOpenAI.with_options")
    assert not plain.async_
    assert plain.returns == "openai.AsyncOpenAI"


def test_a_renamed_package_keeps_the_behaviour() -> None:
    (row,) = knowledge().rows("httpx2.AsyncClient.get")
    assert (row.timeout, row.package, row.returns) == (5.0, "httpx2", "httpx2.Response")


def test_attributes_lead_to_the_methods_of_their_type() -> None:
    tables = knowledge()
    assert tables.returns("flask_sqlalchemy.SQLAlchemy.session.query") == "sqlalchemy.orm.Query"
    assert [row.effect for row in tables.rows("flask_sqlalchemy.SQLAlchemy.Model.query.all")] == ["db.fetch_all"]
    assert [row.effect for row in tables.rows("django.db.models.Model.objects.create")] == ["db.write"]


def test_unknown_names_have_no_rows() -> None:
    tables = knowledge()
    assert tables.rows("requests.gett") == ()
    assert tables.row("nowhere.at.all", {}) is None
    assert tables.returns("nowhere.at.all") is None
    assert tables.enters("nowhere.at.all") is None
    assert tables.entry("nowhere.at.all") == ()


def test_what_a_with_statement_gives() -> None:
    tables = knowledge()
    assert tables.enters("sqlalchemy.Engine.begin") == "sqlalchemy.Connection"
    assert tables.enters("sqlite3.connect") == "sqlite3.Connection"
    assert tables.returns("sqlite3.Connection.cursor") == "sqlite3.Cursor"


def test_prefixes_stop_at_dots() -> None:
    tables = knowledge()
    assert tables.has_prefix("requests")
    assert tables.has_prefix("requests.Session")
    assert not tables.has_prefix("request")


def test_entry_points_are_found_through_aliases_and_parents() -> None:
    tables = knowledge()
    assert [entry.role for entry in tables.entry("flask.Flask.route")] == ["route"]
    assert [entry.methods for entry in tables.entry("fastapi.routing.APIRouter.post")] == [("from-name",)]
