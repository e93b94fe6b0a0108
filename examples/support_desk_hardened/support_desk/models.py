"""What may come in over HTTP and from other services."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Status = Literal["open", "pending", "resolved"]
Priority = Literal["low", "normal", "urgent"]
Category = Literal["billing", "bug", "question", "general"]
Tone = Literal["friendly", "formal", "brief"]


class NewCustomer(BaseModel):
    name: Line
    email: Annotated[Line, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
    plan: Literal["free", "pro"] = "free"


class NewTicket(BaseModel):
    customer_id: int = Field(gt=0)
    subject: Line
    body: Text


class TicketChange(BaseModel):
    status: Status
    priority: Priority
    assignee: Line | None = None


class NewMessage(BaseModel):
    body: Text


class NewRefund(BaseModel):
    charge_id: Line
    cents: int = Field(gt=0, le=1_000_000)
    reason: Line = "requested_by_customer"


class Triage(BaseModel):
    """What the model answers about a new ticket."""

    category: Category
    priority: Priority


class Charge(BaseModel):
    """What the payment provider says about a charge."""

    id: str
    cents: int


class Refund(BaseModel):
    """What the payment provider says about a refund."""

    reference: str
    status: Literal["pending", "succeeded", "failed"]


class RefundEvent(BaseModel):
    """What the payment provider sends when a refund has moved on."""

    type: Literal["refund.updated"]
    data: Refund
