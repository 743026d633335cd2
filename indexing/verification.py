"""A new snapshot answers for itself before it answers citizens: counts, parts, and a smoke set of its own titles and headings."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indexing.errors import SnapshotRefused
from indexing.models import Passage, PassageKind, SearchQuery, SnapshotManifest
from indexing.ports import PassageSearcher

RULES_FILE = Path(__file__).with_name("verification.toml")


@dataclass(frozen=True, slots=True)
class VerificationRules:
    """`questions` are asked; `share` of them must find their document down to place `depth`."""

    questions: int
    depth: int
    share: float


@dataclass(frozen=True, slots=True)
class SmokeQuestion:
    """Found where a hit is of this document or of one with the same title."""

    text: str
    document_id: str
    title: str


@cache
def verification_rules() -> VerificationRules:
    """The rules that ship with the product, read once on first use."""
    return VerificationRules(**tomllib.loads(RULES_FILE.read_text(encoding="utf-8")))


def verify_snapshot(
    manifest: SnapshotManifest, passages: Sequence[Passage], vector_fingerprint: str, searcher: PassageSearcher, rules: VerificationRules
) -> None:
    """`searcher` reads this snapshot, whose checksums it has checked. Raises SnapshotRefused, SnapshotDamaged, SnapshotMismatch."""
    if manifest.passage_count != len(passages):
        raise SnapshotRefused(manifest.snapshot_id, f"应当有 {len(passages)} 段，实际 {manifest.passage_count} 段。")
    if manifest.embedder_fingerprint != vector_fingerprint:
        raise SnapshotRefused(manifest.snapshot_id, f"向量由“{manifest.embedder_fingerprint}”计算，不是“{vector_fingerprint}”。")
    questions = smoke_questions(passages, rules.questions)
    missed = [question for question in questions if not _finds(searcher, question, rules.depth)]
    if len(missed) > len(questions) * (1 - rules.share):
        examples = "、".join(f"“{question.text}”" for question in missed[:3])
        raise SnapshotRefused(
            manifest.snapshot_id,
            f"抽查 {len(questions)} 个标题，有 {len(missed)} 个找不到自己的文件（例如{examples}）。"
            "请检查最近对词表、检索参数、向量模型的改动；确认无误时，可在“保留的快照”中手动换用它。",
        )


def smoke_questions(passages: Sequence[Passage], limit: int) -> tuple[SmokeQuestion, ...]:
    """The same for the same passages: titles, and titles with the last heading, in turn, of documents spread evenly over the index."""
    first: dict[str, Passage] = {}
    for passage in passages:
        if passage.kind is PassageKind.POLICY:
            first.setdefault(passage.document_id, passage)
    documents = [first[document_id] for document_id in sorted(first)]
    return tuple(_questions(documents, limit))


def _questions(documents: Sequence[Passage], limit: int) -> Iterator[SmokeQuestion]:
    count = min(limit, len(documents))
    for number in range(count):
        passage = documents[number * len(documents) // count]
        heading = passage.heading_path[-1] if number % 2 and passage.heading_path else ""
        yield SmokeQuestion(f"{passage.title} {heading}".strip(), passage.document_id, passage.title)


def _finds(searcher: PassageSearcher, question: SmokeQuestion, depth: int) -> bool:
    hits = searcher.search(SearchQuery(question.text, limit=depth)).hits
    return any(question.document_id == hit.passage.document_id or question.title == hit.passage.title for hit in hits)
