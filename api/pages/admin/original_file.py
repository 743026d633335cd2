"""Original files as downloads that no browser renders: what was uploaded is nothing that anybody has looked at."""

from __future__ import annotations

from fastapi.responses import FileResponse

from api.container import Container
from knowledge_base.intake.models import DraftFilter, DraftState, Upload


def original_response(container: Container, upload: Upload) -> FileResponse:
    """Always an attachment of bytes, whatever its name says. Raises UnreadableDocument where the file is gone."""
    path = container.intake.original(upload.id)
    # The guard adds nosniff to every response; the sandbox holds even where a browser shows it all the same.
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'"}
    return FileResponse(path, media_type="application/octet-stream", filename=upload.name, headers=headers)


def upload_of(container: Container, document_id: str) -> Upload | None:
    """The file that the newest published draft of the document came from; None for what was imported in another way."""
    published = container.intake.drafts(DraftFilter(state=DraftState.PUBLISHED, document_id=document_id, limit=1))
    return container.intake.upload(published[0].upload_id) if published else None
