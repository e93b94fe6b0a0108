"""Tickets and their conversations."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from support_desk import tickets
from support_desk.auth import SignedIn, current_agent
from support_desk.models import NewMessage, NewTicket, TicketChange, Tone
from support_desk.services import Desk

router = APIRouter(prefix="/api/tickets", tags=["tickets"], dependencies=[Depends(current_agent)])
LAST = 2**62
Before = Annotated[int, Query(gt=0, le=LAST)]
Limit = Annotated[int, Query(gt=0, le=100)]


def _page(rows: list[Any], limit: int) -> dict[str, Any]:
    return {"tickets": [dict(row) for row in rows], "next": rows[-1]["id"] if len(rows) == limit else None}


@router.get("")
def list_tickets(desk: Desk, before: Before = LAST, limit: Limit = 50) -> dict[str, Any]:
    """Newest first. `next` is the `before` of the next page."""
    with desk.database.transaction() as connection:
        return _page(tickets.page(connection, before, limit), limit)


@router.get("/search")
def search_tickets(
    desk: Desk,
    q: Annotated[str, Query(min_length=2, max_length=100)],
    before: Before = LAST,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Tickets with `q` in subject or conversation."""
    with desk.database.transaction() as connection:
        return _page(tickets.search(connection, q, before, limit), limit)


@router.post("", status_code=201)
def create_ticket(desk: Desk, ticket: NewTicket) -> dict[str, Any]:
    """A new ticket; category and priority follow within a minute."""
    with desk.database.transaction() as connection:
        ticket_id = tickets.create(connection, ticket)
        return dict(tickets.get(connection, ticket_id))


@router.get("/{ticket_id}")
def get_ticket(desk: Desk, ticket_id: int) -> dict[str, Any]:
    """A ticket with the last part of its conversation."""
    with desk.database.transaction() as connection:
        ticket = dict(tickets.get(connection, ticket_id))
        said = tickets.messages(connection, ticket_id)
        files = tickets.attachments(connection, ticket_id)
    return ticket | {"messages": [dict(row) for row in said], "attachments": [dict(row) for row in files]}


@router.patch("/{ticket_id}")
def change_ticket(desk: Desk, ticket_id: int, wanted: TicketChange) -> dict[str, Any]:
    """Set status, priority and assignee."""
    with desk.database.transaction() as connection:
        tickets.change(connection, ticket_id, wanted)
        return dict(tickets.get(connection, ticket_id))


@router.post("/{ticket_id}/messages", status_code=201)
def add_message(desk: Desk, agent: SignedIn, ticket_id: int, message: NewMessage) -> dict[str, Any]:
    """Reply to the customer."""
    with desk.database.transaction() as connection:
        ticket = tickets.get(connection, ticket_id)
        tickets.add_message(connection, ticket["id"], agent.name, message.body)
        return dict(tickets.messages(connection, ticket_id, limit=1)[0])


@router.post("/{ticket_id}/draft")
def draft_reply(desk: Desk, agent: SignedIn, ticket_id: int, tone: Tone = "friendly") -> dict[str, str]:
    """A reply drafted by the model."""
    with desk.database.transaction() as connection:
        ticket = tickets.get(connection, ticket_id)
        tickets.count_draft(connection, agent.id, desk.settings.drafts_per_hour)
        said = tickets.messages(connection, ticket_id, limit=20)
    return {"draft": desk.assistant.draft(ticket["subject"], said, tone)}


@router.post("/{ticket_id}/summary")
def summarise(desk: Desk, agent: SignedIn, ticket_id: int) -> dict[str, str]:
    """The conversation in three points."""
    with desk.database.transaction() as connection:
        tickets.get(connection, ticket_id)
        tickets.count_draft(connection, agent.id, desk.settings.drafts_per_hour)
        said = tickets.messages(connection, ticket_id, limit=20)
    return {"summary": desk.assistant.summarise(said)}
