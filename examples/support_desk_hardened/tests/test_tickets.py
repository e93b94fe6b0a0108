from fastapi.testclient import TestClient
from support_desk import settle
from support_desk.auth import add_agent
from support_desk.services import Services


def test_nothing_without_a_token(client: TestClient) -> None:
    for method, path in [("GET", "/api/tickets"), ("GET", "/api/customers"), ("DELETE", "/api/customers/1")]:
        assert client.request(method, path).status_code == 401
    assert client.get("/api/tickets", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_pages_hold_each_ticket_once(admin: TestClient) -> None:
    for number in range(4):
        admin.post("/api/tickets", json={"customer_id": 1, "subject": f"Number {number}", "body": "text"})
    first = admin.get("/api/tickets", params={"limit": 3}).json()
    second = admin.get("/api/tickets", params={"limit": 3, "before": first["next"]}).json()
    assert [ticket["id"] for ticket in first["tickets"] + second["tickets"]] == [5, 4, 3, 2, 1]
    assert second["next"] is None
    assert admin.get("/api/tickets", params={"limit": 10_000}).status_code == 422


def test_search_takes_signs_as_they_are(admin: TestClient) -> None:
    assert len(admin.get("/api/tickets/search", params={"q": "charges"}).json()["tickets"]) == 1
    assert admin.get("/api/tickets/search", params={"q": "%%"}).json()["tickets"] == []
    assert admin.get("/api/tickets/search", params={"q": "' OR 1=1 --"}).json()["tickets"] == []


def test_change_and_reply(admin: TestClient) -> None:
    changed = admin.patch("/api/tickets/1", json={"status": "resolved", "priority": "low"})
    assert changed.json()["status"] == "resolved"
    assert admin.patch("/api/tickets/1", json={"status": "vanished", "priority": "low"}).status_code == 422
    assert admin.patch("/api/tickets/99", json={"status": "open", "priority": "low"}).status_code == 404
    assert admin.post("/api/tickets/1/messages", json={"body": "On it."}).json()["author"] == "Ada"
    assert [message["author"] for message in admin.get("/api/tickets/1").json()["messages"]] == ["customer", "Ada"]


def test_draft(admin: TestClient, remote) -> None:
    remote.model_says("Dear Ben, ...")
    assert admin.post("/api/tickets/1/draft").json() == {"draft": "Dear Ben, ..."}
    assert remote.sent("completions")[0]["max_completion_tokens"] == 500


def test_a_silent_model_is_said_and_the_share_per_hour_holds(admin: TestClient, remote) -> None:
    remote.is_silent("completions")
    assert admin.post("/api/tickets/1/draft").status_code == 503
    assert admin.post("/api/tickets/1/summary").status_code == 503
    assert admin.post("/api/tickets/1/draft").status_code == 429


def test_new_tickets_are_triaged_and_urgent_ones_told(admin: TestClient, desk: Services, remote) -> None:
    remote.model_says("I think this is urgent!")
    settle.triage_tickets(desk)
    assert admin.get("/api/tickets/1").json()["priority"] == "normal"
    remote.model_says('{"category": "billing", "priority": "urgent"}')
    settle.triage_tickets(desk)
    assert admin.get("/api/tickets/1").json()["category"] == "billing"
    remote.is_silent("team")
    settle.deliver_notifications(desk)
    remote.says("team", 200, {})
    settle.deliver_notifications(desk)
    settle.deliver_notifications(desk)
    assert remote.sent("team") == [{"text": "Urgent ticket 1: Charged twice"}] * 2


def test_deleting_a_customer_takes_an_admin_and_takes_everything(admin: TestClient, desk: Services) -> None:
    with desk.database.transaction() as connection:
        token = add_agent(connection, "Cem", "agent")
    assert admin.delete("/api/customers/1", headers={"Authorization": f"Bearer {token}"}).status_code == 403
    upload = {"file": ("a.txt", b"text", "text/plain")}
    admin.post("/api/tickets/1/attachments", files=upload).raise_for_status()
    assert admin.delete("/api/customers/1").status_code == 204
    assert admin.get("/api/tickets/1").status_code == 404
    assert list(desk.settings.files.iterdir()) == []
    assert admin.delete("/api/customers/1").status_code == 404


def test_health_and_inbox(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert "Inbox" in client.get("/").text
