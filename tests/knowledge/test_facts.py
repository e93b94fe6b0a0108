"""What the tables say of the calls that rules rest on, as the sources that the rows cite have it."""

import re

import pytest

from durability.knowledge import Row, knowledge


def the(name: str, **locked: str) -> Row:
    row = knowledge().row(name, {key.replace("_", "-"): value for key, value in locked.items()})
    assert row is not None, name
    return row


@pytest.mark.parametrize(
    ("name", "timeout"),
    [
        ("requests.get", "never"),
        ("requests.Session.post", "never"),
        ("urllib.request.urlopen", "never"),
        ("smtplib.SMTP", "never"),
        ("httpx.get", 5.0),
        ("httpx.AsyncClient.post", 5.0),
        ("httpx2.get", 5.0),
        ("aiohttp.ClientSession.get", 300.0),
        ("openai.OpenAI.chat.completions.create", 600.0),
        ("openai.AsyncOpenAI.responses.create", 600.0),
        ("anthropic.Anthropic.messages.create", 600.0),
        ("anthropic.AsyncAnthropic.messages.stream", 600.0),
        ("groq.Groq.chat.completions.create", 60.0),
        ("google.genai.Client.models.generate_content", "never"),
        ("ollama.chat", "never"),
        ("botocore.client.BaseClient.invoke_model", 60.0),
        ("psycopg2.connect", "never"),
        ("asyncpg.connect", 60.0),
        ("sqlite3.connect", 5.0),
        ("subprocess.run", "never"),
        ("stripe.PaymentIntent.create", 80.0),
        ("langchain_openai.ChatOpenAI.invoke", 600.0),
        ("langchain_groq.ChatGroq.invoke", 60.0),
    ],
)
def test_how_long_a_call_waits_by_default(name: str, timeout: float | str) -> None:
    assert the(name).timeout == timeout


@pytest.mark.parametrize(
    ("name", "locked", "attempts"),
    [
        ("openai.OpenAI.embeddings.create", {}, 3),
        ("botocore.client.BaseClient.put_object", {"boto3": "1.43.2"}, 5),
        ("botocore.client.BaseClient.put_object", {"boto3": "1.44.0"}, 3),
        ("redis.Redis.set", {"redis": "5.0.1"}, 1),
        ("redis.Redis.set", {"redis": "7.0.0"}, 4),
        ("redis.Redis.set", {"redis": "8.1.0"}, 11),
    ],
)
def test_how_often_a_call_is_tried(name: str, locked: dict[str, str], attempts: int) -> None:
    assert the(name, **locked).attempts == attempts


@pytest.mark.parametrize(
    ("name", "effect"),
    [
        ("time.sleep", "sleep"),
        ("asyncio.sleep", "sleep"),
        ("sqlite3.Cursor.fetchall", "db.fetch_all"),
        ("sqlalchemy.orm.Session.commit", "db.commit"),
        ("sqlalchemy.orm.Query.all", "db.fetch_all"),
        ("sqlalchemy.MetaData.create_all", "db.schema"),
        ("django.db.models.Model.objects.all", "db.fetch_all"),
        ("django.contrib.auth.models.User.objects.get", "db.fetch_one"),
        ("flask_sqlalchemy.SQLAlchemy.session.commit", "db.commit"),
        ("motor.motor_asyncio.AsyncIOMotorClient[].users.insert_one", "db.write"),
        ("fastapi.UploadFile.read", "body.read"),
        ("transformers.pipeline", "model.load"),
        ("joblib.load", "model.load"),
        ("twilio.rest.Client.messages.create", "message"),
        ("celery.Task.delay", "enqueue"),
        ("asyncio.create_task", "spawn"),
        ("shutil.rmtree", "file.delete"),
        ("tenacity.retry", "retry"),
        ("functools.lru_cache", "cache"),
        ("jwt.decode", "auth"),
        ("logging.getLogger", "constructs"),
        ("logging.Logger.exception", "log"),
        ("datetime.datetime.now", "none"),
        ("numpy.asarray", "none"),
    ],
)
def test_what_a_call_does(name: str, effect: str) -> None:
    assert the(name).effect == effect


@pytest.mark.parametrize(
    ("name", "blocking", "awaitable"),
    [
        ("time.sleep", True, False),
        ("asyncio.sleep", False, True),
        ("requests.get", True, False),
        ("openai.AsyncOpenAI.embeddings.create", False, True),
        ("redis.asyncio.Redis.get", False, True),
        ("redis.Redis.get", True, False),
        ("sqlalchemy.ext.asyncio.AsyncSession.execute", False, True),
        ("sqlalchemy.ext.asyncio.AsyncSession.add", False, False),
        ("pandas.read_csv", True, False),
    ],
)
def test_what_holds_up_the_event_loop(name: str, blocking: bool, awaitable: bool) -> None:
    row = the(name)
    assert (row.blocking, row.async_) == (blocking, awaitable)


@pytest.mark.parametrize(
    "name",
    [
        "sqlite3.Cursor.fetchone",
        "psycopg2.extensions.cursor.fetchone",
        "sqlalchemy.orm.Query.first",
        "sqlalchemy.Result.scalar_one_or_none",
        "pymongo.collection.Collection.find_one",
        "re.match",
        "os.getenv",
        "dict.get",
    ],
)
def test_what_may_be_none(name: str) -> None:
    assert the(name).may_be_none


@pytest.mark.parametrize("name", ["sqlite3.Cursor.execute", "sqlalchemy.text", "pandas.read_sql", "asyncpg.Pool.fetch"])
def test_where_the_sql_stands(name: str) -> None:
    assert the(name).sql_position == 0


def test_what_was_removed_says_what_to_use_instead() -> None:
    assert the("openai.ChatCompletion.create", openai="1.3.0").instead
    assert not the("openai.ChatCompletion.create", openai="0.28.1").removed
    assert the("pandas.DataFrame.append", pandas="2.2.0").removed


@pytest.mark.parametrize(
    ("name", "text", "need"),
    [
        ("fastapi.UploadFile", "", "python-multipart"),
        ("pydantic.EmailStr", "", "email-validator"),
        ("pandas.read_excel", "", "openpyxl"),
        ("pandas.DataFrame.to_parquet", "", "pyarrow"),
        ("celery.Celery", "redis://localhost:6379/0", "redis"),
        ("sqlalchemy.create_engine", "postgresql+asyncpg://db/app", "asyncpg"),
        ("sqlalchemy.create_engine", "postgresql://db/app", "psycopg2-binary"),
    ],
)
def test_what_a_use_needs_without_importing_it(name: str, text: str, need: str) -> None:
    rows = [row for row in knowledge().implied if row.name == name and re.search(row.pattern, text)]
    assert any(need in row.needs for row in rows)


def test_no_need_that_the_text_does_not_ask_for() -> None:
    rows = [row for row in knowledge().implied if row.name == "sqlalchemy.create_engine" and row.pattern]
    assert not any(re.search(row.pattern, "sqlite:///app.db") for row in rows)


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("pymongo.collection.Collection.find_one", True),
        ("sqlalchemy.orm.Query.first", True),
        ("sqlite3.Connection.execute", True),
        ("sqlite3.Cursor.fetchone", False),
        ("sqlalchemy.Result.scalar_one_or_none", False),
        ("requests.Session", False),
    ],
)
def test_what_asks_the_other_side_anew(name: str, asks: bool) -> None:
    assert the(name).round_trip is asks


@pytest.mark.parametrize(
    ("name", "checked"),
    [
        ("requests.get", False),
        ("httpx.AsyncClient.get", False),
        ("urllib.request.urlopen", True),
        ("openai.OpenAI.chat.completions.create", True),
        ("selenium.webdriver.Chrome.get", True),
        ("smtplib.SMTP.send_message", True),
    ],
)
def test_which_answers_raise_by_themselves(name: str, checked: bool) -> None:
    assert the(name).status_checked is checked
