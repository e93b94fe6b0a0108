"""Finish what requests have begun: python -m support_desk.settle, every minute from a timer."""

import logging

import httpx2

from support_desk import notifications, refunds, tickets
from support_desk.database import require_current
from support_desk.errors import AssistantUnavailable, PaymentRefused, PaymentUnavailable
from support_desk.logs import configure
from support_desk.models import Refund
from support_desk.services import Services, open_services
from support_desk.settings import Settings

log = logging.getLogger(__name__)
AT_ONCE = 50
FEW_FAILURES = 3


def settle_refunds(desk: Services) -> None:
    """Ask again for every refund whose outcome is unknown; stop early while the provider is away."""
    with desk.database.transaction() as connection:
        waiting = refunds.pending(connection, AT_ONCE)
    for refund in waiting:
        reference = refund["reference"]
        try:
            answer = desk.payments.refund(reference, refund["charge_id"], refund["cents"], refund["reason"])
        except PaymentUnavailable:
            log.warning("refund %s stays pending, stopping until the next run", reference, exc_info=True)
            return
        except PaymentRefused:
            log.warning("refund %s was refused", reference, exc_info=True)
            answer = Refund(reference=reference, status="failed")
        with desk.database.transaction() as connection:
            refunds.move_on(connection, answer)


def triage_tickets(desk: Services) -> None:
    """Sort new tickets; an urgent one is told to the team."""
    with desk.database.transaction() as connection:
        waiting = tickets.to_triage(connection, AT_ONCE)
    failures = 0
    for ticket in waiting:
        with desk.database.transaction() as connection:
            tickets.count_triage_attempt(connection, ticket["id"])
        try:
            triage = desk.assistant.triage(ticket["subject"], ticket["body"])
        except AssistantUnavailable:
            log.warning("ticket %s is not triaged yet", ticket["id"], exc_info=True)
            failures += 1
            if failures == FEW_FAILURES:
                return
            continue
        with desk.database.transaction() as connection:
            if tickets.set_triage(connection, ticket["id"], triage) and triage.priority == "urgent":
                notifications.queue(connection, f"Urgent ticket {ticket['id']}: {ticket['subject']}")


def deliver_notifications(desk: Services) -> None:
    """Send what waits for the team; stop early while the channel is away."""
    if desk.settings.slack_url is None:
        return
    with desk.database.transaction() as connection:
        waiting = notifications.waiting(connection, AT_ONCE)
    for notification in waiting:
        with desk.database.transaction() as connection:
            notifications.count_attempt(connection, notification["id"])
        try:
            desk.slack.post(str(desk.settings.slack_url), json={"text": notification["body"]}).raise_for_status()
        except httpx2.HTTPError:
            log.warning("notification %s not delivered, stopping until the next run", notification["id"], exc_info=True)
            return
        with desk.database.transaction() as connection:
            notifications.delivered(connection, notification["id"])


def main() -> None:
    configure()
    settings = Settings()
    require_current(settings.database)
    with open_services(settings) as desk:
        settle_refunds(desk)
        triage_tickets(desk)
        deliver_notifications(desk)


if __name__ == "__main__":
    main()
