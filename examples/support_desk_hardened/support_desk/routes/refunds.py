"""Refunds, and what the payment provider tells about them."""

import hashlib
import hmac
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from support_desk import refunds
from support_desk.auth import Admin
from support_desk.errors import NotSignedIn, TooLarge
from support_desk.models import NewRefund, RefundEvent
from support_desk.services import Desk

router = APIRouter(tags=["refunds"])
LARGEST_EVENT = 64 * 1024
OLDEST_SECONDS = 300
Signature = Annotated[str, Header(alias="Payment-Signature")]
Timestamp = Annotated[int, Header(alias="Payment-Timestamp")]


@router.post("/api/tickets/{ticket_id}/refund")
def refund(desk: Desk, agent: Admin, ticket_id: int, wanted: NewRefund, response: Response) -> dict[str, Any]:
    """Give money back. 202: the outcome follows; 422: the provider said no."""
    outcome = refunds.start(desk.database, desk.payments, ticket_id, wanted, agent.name)
    response.status_code = {"pending": 202, "succeeded": 200, "failed": 422}[outcome["status"]]
    return {"reference": outcome["reference"], "status": outcome["status"], "cents": outcome["cents"]}


async def signed_event(request: Request, desk: Desk, signature: Signature, timestamp: Timestamp) -> RefundEvent:
    """The event, after its signature was checked over exactly the bytes that arrived."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_EVENT:
            raise TooLarge("event")
    secret = desk.settings.payment_webhook_secret.get_secret_value().encode()
    expected = hmac.new(secret, b"%d." % timestamp + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(signature.encode(), expected.encode()) or abs(time.time() - timestamp) > OLDEST_SECONDS:
        raise NotSignedIn("webhook signature")
    try:
        return RefundEvent.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error


@router.post("/webhooks/payments")
def payment_webhook(desk: Desk, event: Annotated[RefundEvent, Depends(signed_event)]) -> dict[str, bool]:
    """A refund has moved on. The provider repeats this until it is answered, so repeating must be harmless."""
    with desk.database.transaction() as connection:
        refunds.find(connection, event.data.reference)
        refunds.move_on(connection, event.data)
    return {"received": True}
