"""What lives as long as the process: made once at the start, closed at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import httpx2
from fastapi import Depends, Request
from openai import OpenAI

from support_desk.assistant import Assistant
from support_desk.database import Database
from support_desk.payments import Payments
from support_desk.settings import Settings

OUTGOING = httpx2.Timeout(10.0, connect=3.0)


@dataclass(frozen=True)
class Services:
    settings: Settings
    database: Database
    assistant: Assistant
    payments: Payments
    slack: httpx2.Client


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """One client per remote service for the whole process."""
    settings.files.mkdir(parents=True, exist_ok=True)
    with (
        OpenAI(api_key=settings.openai_api_key.get_secret_value(), timeout=20.0, max_retries=1) as openai,
        httpx2.Client(
            base_url=str(settings.payment_url),
            headers={"Authorization": f"Bearer {settings.payment_api_key.get_secret_value()}"},
            timeout=OUTGOING,
        ) as payments,
        httpx2.Client(timeout=OUTGOING) as slack,
    ):
        yield Services(
            settings=settings,
            database=Database(settings.database),
            assistant=Assistant(openai, settings.openai_model),
            payments=Payments(payments),
            slack=slack,
        )


def services(request: Request) -> Services:
    """The services of the running application."""
    return request.app.state.services


Desk = Annotated[Services, Depends(services)]
