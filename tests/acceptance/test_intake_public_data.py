"""Real documents through the console's own way in: received, read into drafts, published; 文号 and dates found in the text alone.

document_dates.csv: 18 documents of gov_policies with 文号, 7 without and 25 of laws, drawn with random.Random(20261122) from the ids in
order; dates written down from head, tail and every sentence on taking effect, before the program was asked. As agreed in the package's
README a text amended after its first 施行日期 counts from the amendment, and an undated notice from its signature.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.document_numbers import normalise_document_number
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.intake.models import Draft, DraftFilter, Upload, UploadState
from knowledge_base.models import ChangeKind
from tests.fakes.containers import REGIONS
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.intake import memory_intake

pytestmark = pytest.mark.public_data
DATES = ("signed_on", "published_on", "effective_on", "expires_on")
LABELS = Path(__file__).with_name("document_dates.csv")


@pytest.fixture
def desk() -> IntakeDesk:
    return memory_intake(MemoryDocumentStore(), REGIONS, lambda: datetime(2026, 11, 22, 4, tzinfo=UTC))


def taken_in(desk: IntakeDesk, name: str, content: bytes) -> Upload:
    return desk.read(desk.receive(name, io.BytesIO(content), by="王编辑").id)


def drafts_of(desk: IntakeDesk) -> tuple[Draft, ...]:
    return desk.drafts(DraftFilter(limit=10_000))


def publish_all(desk: IntakeDesk) -> list[ChangeKind]:
    return [desk.publish(draft.id, draft.version, "李审核", "核对无误").revision.change.kind for draft in drafts_of(desk)]


def documents_in(public_data: Path, folder: str) -> list[dict[str, Any]]:
    with gzip.open(public_data / folder / "docs.jsonl.gz", "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def without_metadata(documents: Iterable[dict[str, Any]]) -> bytes:
    lines = ({"_id": document["_id"], "title": document["title"], "text": document["text"]} for document in documents)
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


def test_the_twelve_files_of_the_identity_card_rules_become_published_documents(desk: IntakeDesk, public_data: Path) -> None:
    files = sorted((public_data / "idcard_rules").iterdir())
    uploads = [taken_in(desk, file.name, file.read_bytes()) for file in files]
    assert len(files) == 12
    assert [upload.reason for upload in uploads if upload.state is not UploadState.READ] == []
    twice = [upload for upload in uploads if not upload.draft_ids or upload.warnings]
    assert len(twice) >= 3
    publish_all(desk)
    assert desk.catalog.store.count() >= 6
    assert desk.count_drafts(DraftFilter()) >= 6


def test_the_document_number_is_found_in_the_text_of_those_that_carry_one(desk: IntakeDesk, public_data: Path) -> None:
    """The number in the metadata of the set is only compared with; the files hold the text and nothing else."""
    numbered = [document for document in documents_in(public_data, "gov_policies") if document["metadata"].get("doc_no")]
    found = 0
    for document in numbered:
        upload = taken_in(desk, f"{document['_id']}.txt", document["text"].encode())
        draft = desk.draft(upload.draft_ids[0])
        found += draft.metadata.document_number == normalise_document_number(document["metadata"]["doc_no"])
    assert len(numbered) == 60
    assert found / len(numbered) >= 0.98
    publish_all(desk)
    assert desk.catalog.store.count() == 60


def test_the_dates_of_a_checked_sample_are_right(desk: IntakeDesk, public_data: Path) -> None:
    with LABELS.open(encoding="utf-8", newline="") as stream:
        labels = {row["document_id"]: row for row in csv.DictReader(stream)}
    every = documents_in(public_data, "gov_policies") + documents_in(public_data, "laws")
    taken_in(desk, "sample.jsonl", without_metadata(document for document in every if document["_id"] in labels))
    read = {draft.document.document_id: draft.metadata for draft in drafts_of(desk)}
    assert len(labels) == len(read) == 50
    right = [
        document_id
        for document_id, label in labels.items()
        if all(str(getattr(read[document_id], field) or "") == label[field] for field in DATES)
    ]
    assert len(right) / len(labels) >= 0.95


def test_a_sample_of_the_laws_is_read_with_evidence_and_published(desk: IntakeDesk, public_data: Path) -> None:
    laws = documents_in(public_data, "laws")[5::11][:300]
    upload = taken_in(desk, "laws.jsonl", without_metadata(laws))
    assert (upload.state, len(upload.draft_ids)) == (UploadState.READ, 300)
    for draft in drafts_of(desk):
        told = {item.field for item in draft.evidence}
        filled = {f.name for f in fields(draft.metadata) if f.name in {*DATES, "title", "repeals"} and getattr(draft.metadata, f.name)}
        assert filled <= told
        assert all(draft.document.text[item.start : item.end].strip() for item in draft.evidence if item.start is not None)
    assert len(publish_all(desk)) == 300
    assert desk.catalog.store.count() == 300
    assert all(revision.repealed_on is None for revision in desk.catalog.store.all_latest())
