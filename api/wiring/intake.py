"""The intake desk on the records and the originals of this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.settings import Settings
from api.wiring.reading import untrusted_files
from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.adapters.sql import SqlIntakeStore
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.intake.assembly import IntakePorts, assemble_intake
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.publication import left_to_people
from knowledge_base.ports import Clock, DocumentStore
from knowledge_base.regions import RegionDirectory

if TYPE_CHECKING:
    from sqlalchemy import Engine


def intake_on(engine: Engine, settings: Settings, documents: DocumentStore, regions: RegionDirectory, clock: Clock) -> IntakeDesk:
    """With the catalogue that knows which repeals are left to people."""
    store, reader = SqlIntakeStore(engine), untrusted_files()
    return assemble_intake(
        IntakePorts(
            store=store,
            originals=FileOriginals(settings.home / "originals"),
            reader=reader,
            archives=reader,
            catalog=DocumentCatalog(documents, clock, left_to_people(store)),
            regions=regions,
            clock=clock,
            max_bytes=settings.max_upload_mb << 20,
        )
    )
