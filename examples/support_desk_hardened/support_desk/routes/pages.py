"""The page that agents work with, and the check that the platform asks for."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from support_desk.services import Desk

router = APIRouter()
INBOX = Path(__file__).resolve().parents[2] / "static" / "index.html"


@router.get("/healthz")
def health(desk: Desk) -> dict[str, str]:
    """Whether this process can serve requests."""
    with desk.database.transaction() as connection:
        connection.execute("SELECT 1 FROM tickets LIMIT 1").fetchone()
    return {"status": "ok"}


@router.get("/", include_in_schema=False)
def inbox() -> FileResponse:
    """The inbox. It holds no data: whoever opens it signs in with a token."""
    return FileResponse(INBOX)
