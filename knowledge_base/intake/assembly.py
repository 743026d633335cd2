"""Puts the intake desk together from its ports."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.origin_facts import FactsOfSource, nothing_known
from knowledge_base.intake.ports import ArchiveReader, IntakeStore, OriginalFiles, SafeReader
from knowledge_base.intake.publication import Publication
from knowledge_base.intake.reading import UploadReading
from knowledge_base.intake.reception import Reception
from knowledge_base.intake.review import DraftReview
from knowledge_base.ports import Clock
from knowledge_base.regions import RegionDirectory


@dataclass(frozen=True, slots=True)
class IntakePorts:
    """`max_bytes` of one file received."""

    store: IntakeStore
    originals: OriginalFiles
    reader: SafeReader
    archives: ArchiveReader
    catalog: DocumentCatalog
    regions: RegionDirectory
    clock: Clock
    max_bytes: int
    facts_of_source: FactsOfSource = nothing_known


def assemble_intake(ports: IntakePorts) -> IntakeDesk:
    store, catalog, regions, clock = ports.store, ports.catalog, ports.regions, ports.clock
    reception = Reception(store, ports.originals, clock, ports.reader, ports.max_bytes)
    review = DraftReview(store, catalog, regions, clock)
    return IntakeDesk(
        store=store,
        reception=reception,
        reading=UploadReading(
            store, ports.originals, ports.reader, ports.archives, reception, catalog, regions, clock, ports.facts_of_source
        ),
        review=review,
        publication=Publication(store, review, catalog, clock),
        catalog=catalog,
        regions=regions,
    )
