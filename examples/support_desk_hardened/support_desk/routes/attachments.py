"""Files that belong to a ticket."""

from pathlib import PurePath

from fastapi import APIRouter, Depends, UploadFile
from fastapi.responses import FileResponse

from support_desk import files, tickets
from support_desk.auth import current_agent
from support_desk.services import Desk

router = APIRouter(prefix="/api", tags=["attachments"], dependencies=[Depends(current_agent)])


@router.post("/tickets/{ticket_id}/attachments", status_code=201)
def upload(desk: Desk, ticket_id: int, file: UploadFile) -> dict[str, int]:
    """Attach a picture, a PDF or a text."""
    with desk.database.transaction() as connection:
        tickets.get(connection, ticket_id)
    folder = desk.settings.files
    stored_as, size = files.store(folder, file.file, file.content_type, desk.settings.max_upload_bytes)
    shown = PurePath(file.filename or "file").name[:200]
    try:
        with desk.database.transaction() as connection:
            number = tickets.add_attachment(connection, ticket_id, shown, file.content_type or "", stored_as)
    except BaseException:
        files.remove(folder, stored_as)
        raise
    return {"id": number, "size": size}


@router.get("/attachments/{attachment_id}")
def download(desk: Desk, attachment_id: int) -> FileResponse:
    """The file, always offered as a download and never shown in place."""
    with desk.database.transaction() as connection:
        found = tickets.attachment(connection, attachment_id)
    path = desk.settings.files / found["stored_as"]
    return FileResponse(path, media_type=found["content_type"], filename=found["filename"])
