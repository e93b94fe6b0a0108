import hashlib
import hmac
import json
import time

import httpx2
import pytest
from fastapi.testclient import TestClient
from support_desk import settle
from support_desk.services import Services

WANTED = {"charge_id": "ch_1", "cents": 3000}


@pytest.fixture(autouse=True)
def provider(remote):
    """A provider that knows one charge of 49.00 and makes every refund."""

    def make(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json={"reference": json.loads(request.content)["reference"], "status": "succeeded"})

    remote.says("charges", 200, {"id": "ch_1", "cents": 4900})
    remote.answers["refunds"] = make
    return make


def test_a_refund_is_noted_on_the_ticket(admin: TestClient) -> None:
    answer = admin.post("/api/tickets/1/refund", json=WANTED)
    assert (answer.status_code, answer.json()["status"]) == (200, "succeeded")
    assert admin.get("/api/tickets/1").json()["messages"][-1]["body"] == "Refund of 30.00 by Ada: succeeded"


def test_never_more_than_was_charged(admin: TestClient) -> None:
    assert admin.post("/api/tickets/1/refund", json=WANTED).status_code == 200
    assert admin.post("/api/tickets/1/refund", json=WANTED).status_code == 409
    assert admin.post("/api/tickets/1/refund", json=WANTED | {"cents": -5}).status_code == 422
    assert admin.post("/api/tickets/9/refund", json=WANTED | {"cents": 5}).status_code == 404


def test_a_silent_provider_is_asked_again_with_the_same_reference(
    admin: TestClient, desk: Services, remote, provider
) -> None:
    remote.is_silent("refunds")
    assert admin.post("/api/tickets/1/refund", json=WANTED).status_code == 202
    settle.settle_refunds(desk)
    remote.answers["refunds"] = provider
    settle.settle_refunds(desk)
    settle.settle_refunds(desk)
    assert len({request["reference"] for request in remote.sent("refunds")}) == 1
    assert len(remote.sent("refunds")) == 3
    said = [message["body"] for message in admin.get("/api/tickets/1").json()["messages"]]
    assert said.count("Refund of 30.00 by Ada: succeeded") == 1


def test_a_clear_no_is_final_and_frees_the_amount(admin: TestClient, desk: Services, remote, provider) -> None:
    remote.says("refunds", 422, {})
    assert admin.post("/api/tickets/1/refund", json=WANTED).status_code == 422
    remote.answers["refunds"] = provider
    assert admin.post("/api/tickets/1/refund", json=WANTED).status_code == 200


@pytest.mark.parametrize(("status", "body"), [(500, {}), (200, {"unexpected": True})])
def test_an_answer_nobody_can_read_is_no_answer(admin: TestClient, remote, status: int, body: dict) -> None:
    remote.says("charges", status, body)
    assert admin.post("/api/tickets/1/refund", json=WANTED).status_code == 503


def send_event(client: TestClient, reference: str, secret: str = "w" * 32, age: int = 0):
    body = json.dumps({"type": "refund.updated", "data": {"reference": reference, "status": "succeeded"}}).encode()
    stamp = int(time.time()) - age
    signature = hmac.new(secret.encode(), b"%d." % stamp + body, hashlib.sha256).hexdigest()
    headers = {"Payment-Signature": signature, "Payment-Timestamp": str(stamp)}
    return client.post("/webhooks/payments", content=body, headers=headers)


def test_webhook_settles_once(admin: TestClient, remote) -> None:
    remote.is_silent("refunds")
    reference = admin.post("/api/tickets/1/refund", json=WANTED).json()["reference"]
    assert send_event(admin, reference, secret="x" * 32).status_code == 401
    assert send_event(admin, reference, age=3600).status_code == 401
    assert send_event(admin, "unknown").status_code == 404
    assert send_event(admin, reference).status_code == 200
    assert send_event(admin, reference).status_code == 200
    said = [message["body"] for message in admin.get("/api/tickets/1").json()["messages"]]
    assert said.count("Refund of 30.00 by Ada: succeeded") == 1
