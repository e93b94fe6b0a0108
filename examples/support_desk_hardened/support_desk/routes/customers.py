"""Customers."""

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from support_desk import files, tickets
from support_desk.auth import Admin, current_agent
from support_desk.models import NewCustomer
from support_desk.services import Desk

router = APIRouter(prefix="/api/customers", tags=["customers"], dependencies=[Depends(current_agent)])
log = logging.getLogger(__name__)


@router.get("")
def list_customers(
    desk: Desk,
    after: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(gt=0, le=100)] = 50,
) -> dict[str, Any]:
    """Customers with the number of their tickets. `next` is the `after` of the next page."""
    with desk.database.transaction() as connection:
        rows = tickets.customers(connection, after, limit)
    return {"customers": [dict(row) for row in rows], "next": rows[-1]["id"] if len(rows) == limit else None}


@router.post("", status_code=201)
def add_customer(desk: Desk, customer: NewCustomer) -> dict[str, int]:
    """A new customer."""
    with desk.database.transaction() as connection:
        return {"id": tickets.add_customer(connection, customer)}


@router.delete("/{customer_id}", status_code=204)
def delete_customer(desk: Desk, agent: Admin, customer_id: int) -> None:
    """Delete a customer and everything they wrote. Refunds stay, without the ticket."""
    with desk.database.transaction() as connection:
        stored = tickets.delete_customer(connection, customer_id)
    for name in stored:
        files.remove(desk.settings.files, name)
    log.info("customer %s deleted by %s", customer_id, agent.name)
