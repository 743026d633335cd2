"""The intake desk on the records and the originals of this installation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.settings import Settings
from api.wiring.reading import untrusted_files
from api.wiring.storage import originals_on
from knowledge_base.adapters.sql import SqlIntakeStore, SqlSourceStore
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.intake.assembly import IntakePorts, assemble_intake
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.origin_facts import OriginFacts
from knowledge_base.intake.publication import left_to_people
from knowledge_base.ports import Clock, DocumentStore
from knowledge_base.regions import RegionDirectory
from knowledge_base.sources.errors import UnknownSource
from knowledge_base.sources.ports import SourceStore

if TYPE_CHECKING:
    from sqlalchemy import Engine


def intake_on(engine: Engine, settings: Settings, documents: DocumentStore, regions: RegionDirectory, clock: Clock) -> IntakeDesk:
    """With the catalogue that knows which repeals are left to people."""
    store, reader, sources = SqlIntakeStore(engine), untrusted_files(), SqlSourceStore(engine)
    return assemble_intake(
        IntakePorts(
            store=store,
            originals=originals_on(settings),
            reader=reader,
            archives=reader,
            catalog=DocumentCatalog(documents, clock, left_to_people(store)),
            regions=regions,
            clock=clock,
            max_bytes=settings.max_upload_mb << 20,
            facts_of_source=lambda source_id: _facts_of(sources, source_id),
        )
    )


def _facts_of(sources: SourceStore, source_id: str) -> OriginFacts:
    try:
        source = sources.source(source_id)
    except UnknownSource:
        return OriginFacts()
    return OriginFacts(source.jurisdiction, source.topics)
