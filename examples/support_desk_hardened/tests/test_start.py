import sqlite3

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from support_desk.app import create_app
from support_desk.database import Database, migrate, migrations
from support_desk.settings import Settings


def test_missing_settings_are_named_and_given_ones_stay_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPPORT_DESK_PAYMENT_API_KEY", raising=False)
    monkeypatch.setenv("SUPPORT_DESK_OPENAI_API_KEY", "given")
    with pytest.raises(ValidationError, match="payment_api_key") as refused:
        Settings(_env_file=None)
    assert "given" not in str(refused.value)


def test_starts_and_stops_on_a_current_database_only(settings: Settings) -> None:
    with pytest.raises(RuntimeError, match="support_desk.migrate"), TestClient(create_app(settings)):
        pass
    assert migrate(settings.database) == [path.name for _, path in migrations()]
    assert migrate(settings.database) == []
    with TestClient(create_app(settings)) as client:
        assert client.get("/healthz").status_code == 200


def test_what_fails_is_answered_without_details(admin: TestClient, desk) -> None:
    with desk.database.transaction() as connection:
        connection.execute("DROP TABLE refunds")
        connection.execute("DROP TABLE messages")
    answer = admin.get("/api/tickets/1")
    assert (answer.status_code, answer.json()) == (500, {"detail": "Something went wrong on our side"})


def test_a_transaction_is_kept_whole_or_not_at_all(settings: Settings) -> None:
    migrate(settings.database)
    database = Database(settings.database)
    add = "INSERT INTO customers (name, email) VALUES (?, ?)"
    with pytest.raises(sqlite3.IntegrityError), database.transaction() as connection:
        connection.execute(add, ("Ada", "a@example.com"))
        connection.execute(add, ("Eve", "a@example.com"))
    with database.transaction() as connection:
        assert connection.execute("SELECT COUNT(*) FROM customers").fetchone()[0] == 0
