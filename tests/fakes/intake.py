"""The real intake desk over stores in memory; files are read in the test's own process."""

from __future__ import annotations

from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.intake.assembly import IntakePorts, assemble_intake
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.publication import left_to_people
from knowledge_base.ports import Clock, DocumentStore
from knowledge_base.regions import RegionDirectory
from tests.fakes.intake_store import MemoryIntakeStore
from tests.fakes.original_store import MemoryOriginalStore
from tests.fakes.safe_reader import InProcessReader

A_MEGABYTE = 1 << 20


def memory_intake(documents: DocumentStore, regions: RegionDirectory, clock: Clock) -> IntakeDesk:
    store, reader = MemoryIntakeStore(), InProcessReader()
    catalog = DocumentCatalog(documents, clock, left_to_people(store))
    return assemble_intake(IntakePorts(store, MemoryOriginalStore(), reader, reader, catalog, regions, clock, max_bytes=20 * A_MEGABYTE))
