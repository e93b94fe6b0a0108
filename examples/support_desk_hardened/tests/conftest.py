"""A desk on a temporary database, with remote services that the tests play."""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from openai import OpenAI

from support_desk.app import create_app
from support_desk.assistant import Assistant
from support_desk.auth import add_agent
from support_desk.database import Database, migrate
from support_desk.payments import Payments
from support_desk.services import Services
from support_desk.settings import Settings

Answer = Callable[[httpx2.Request], httpx2.Response]


class Remote:
    """Everything outside: remembers what it was asked, answers what the test says."""

    def __init__(self) -> None:
        self.asked: list[httpx2.Request] = []
        self.answers: dict[str, Answer] = {}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self.answers[request.url.path.rsplit("/", 1)[-1]](request)

    def says(self, path: str, status: int, body: object) -> None:
        self.answers[path] = lambda request: httpx2.Response(status, json=body)

    def is_silent(self, path: str) -> None:
        def silence(request: httpx2.Request) -> httpx2.Response:
            raise httpx2.ReadTimeout("no answer", request=request)

        self.answers[path] = silence

    def model_says(self, text: str) -> None:
        self.says(
            "completions",
            200,
            {
                "id": "c", "object": "chat.completion", "created": 0, "model": "m",
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            },
        )  # fmt: skip

    def sent(self, path: str) -> list[dict]:
        return [json.loads(request.content) for request in self.asked if request.url.path.endswith(path)]


@pytest.fixture
def remote() -> Remote:
    return Remote()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        database=tmp_path / "desk.db",
        files=tmp_path / "files",
        openai_api_key="not-a-key",
        payment_url="https://payments.test/v1",
        payment_api_key="not-a-key",
        payment_webhook_secret="w" * 32,
        slack_url="https://slack.test/team",
        max_upload_bytes=1000,
        drafts_per_hour=2,
    )


@pytest.fixture
def desk(settings: Settings, remote: Remote) -> Iterator[Services]:
    """The services of the process, speaking to `remote`."""
    migrate(settings.database)
    settings.files.mkdir()
    transport = httpx2.MockTransport(remote)
    with httpx2.Client(transport=transport, base_url="https://payments.test/v1") as http:
        openai = OpenAI(api_key="not-a-key", http_client=httpx2.Client(transport=transport), max_retries=0)
        yield Services(
            settings=settings,
            database=Database(settings.database),
            assistant=Assistant(openai, "m"),
            payments=Payments(http),
            slack=http,
        )


@pytest.fixture
def client(desk: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr("support_desk.app.open_services", lambda settings: nullcontext(desk))
    with TestClient(create_app(desk.settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def admin(client: TestClient, desk: Services) -> TestClient:
    """A signed-in administrator, with one customer and one ticket (both number 1)."""
    with desk.database.transaction() as connection:
        token = add_agent(connection, "Ada", "admin")
    client.headers["Authorization"] = f"Bearer {token}"
    client.post("/api/customers", json={"name": "Ben", "email": "ben@example.com"}).raise_for_status()
    ticket = {"customer_id": 1, "subject": "Charged twice", "body": "Two charges of 49."}
    client.post("/api/tickets", json=ticket).raise_for_status()
    return client
