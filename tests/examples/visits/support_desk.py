"""An agent opens the inbox, replies, attaches a file, and asks for what needs a key and a payment provider."""

from fastapi.testclient import TestClient
from main import app

AGENT = {"X-API-Key": "dev-secret-change-me"}

with TestClient(app, raise_server_exceptions=False) as client:
    assert "Inbox" in client.get("/").text
    tickets = client.get("/api/tickets").json()["tickets"]
    assert [ticket["customer"]["name"] for ticket in tickets] == ["Ben Ortiz", "Ada Park"]

    created = client.post("/api/tickets", json={"customer_id": 1, "subject": "Hello", "body": "A question"})
    assert created.status_code == 201
    assert client.post("/api/tickets/3/messages", json={"body": "An answer"}).status_code == 201
    assert client.get("/api/tickets/3").json()["messages"][1]["body"] == "An answer"
    assert client.get("/api/tickets/search", params={"q": "Hello"}).json()["results"][0]["id"] == 3
    changed = {"status": "resolved", "priority": "low"}
    assert client.patch("/api/tickets/3", json=changed).json() == {"success": True}

    attached = client.post("/api/tickets/3/attachments", files={"file": ("note.txt", b"text")})
    assert attached.json()["size"] == 4
    assert client.get("/uploads/3_note.txt").text == "text"

    assert "credentials" in client.post("/api/tickets/3/draft").json()["error"]
    wanted = {"charge_id": "ch_1", "amount": 5}
    assert client.post("/api/tickets/3/refund", json=wanted).status_code == 401
    assert client.post("/api/tickets/3/refund", json=wanted, headers=AGENT).status_code == 500
    assert client.post("/webhooks/payments", json={"type": "refund.updated"}).json() == {"received": True}
    assert client.delete("/api/customers/1", headers=AGENT).json() == {"success": True}
    assert len(client.get("/api/customers").json()["customers"]) == 1
