"""Compare what two snapshots find for the golden questions. Knows nothing of answers: only of which documents come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from indexing.golden_questions import GoldenQuestion
from indexing.models import SearchQuery
from indexing.ports import PassageSearcher

DEPTH = 5
_PASSAGES = 20


class Verdict(StrEnum):
    """DIFFERENT: the first documents differ, and nobody has said which is right."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    DIFFERENT = "different"

    @property
    def label(self) -> str:
        return {"better": "变好", "worse": "变差", "same": "不变", "different": "不同"}[self]


@dataclass(frozen=True, slots=True)
class FoundDocument:
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class ComparedQuestion:
    """The first documents under either snapshot, best first, and the place (1…) of the right one among them, None where it is missing."""

    question: GoldenQuestion
    before: tuple[FoundDocument, ...]
    after: tuple[FoundDocument, ...]
    place_before: int | None
    place_after: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SnapshotComparison:
    """`rows`: worse first, then better, different, same."""

    before: str
    after: str
    rows: tuple[ComparedQuestion, ...]

    def count(self, verdict: Verdict) -> int:
        return sum(1 for row in self.rows if row.verdict is verdict)

    @property
    def labelled(self) -> int:
        return sum(1 for row in self.rows if row.question.documents)

    def hits(self, depth: int) -> tuple[int, int]:
        """Labelled questions whose document stands among the first `depth`: before, after."""
        before = sum(1 for row in self.rows if row.place_before and row.place_before <= depth)
        return before, sum(1 for row in self.rows if row.place_after and row.place_after <= depth)

    def __str__(self) -> str:
        if not self.rows:
            return "没有对照问题，无从比较。"
        (first_before, first_after), (five_before, five_after) = self.hits(1), self.hits(DEPTH)
        return (
            f"{len(self.rows)} 个对照问题：变好 {self.count(Verdict.BETTER)} 个、变差 {self.count(Verdict.WORSE)} 个、"
            f"不同 {self.count(Verdict.DIFFERENT)} 个、不变 {self.count(Verdict.SAME)} 个；有答案的 {self.labelled} 个里，"
            f"首位命中 {first_before} → {first_after}，前五命中 {five_before} → {five_after}。"
        )


def compare_snapshots(
    before: tuple[str, PassageSearcher], after: tuple[str, PassageSearcher], questions: Sequence[GoldenQuestion], today: date
) -> SnapshotComparison:
    """Each side is a snapshot's id and a searcher of it. Raises SnapshotMismatch, SnapshotDamaged, UnknownRegion."""
    order = (Verdict.WORSE, Verdict.BETTER, Verdict.DIFFERENT, Verdict.SAME)
    rows = [_compared(question, before[1], after[1], today) for question in questions]
    return SnapshotComparison(before[0], after[0], tuple(sorted(rows, key=lambda row: order.index(row.verdict))))


def _compared(question: GoldenQuestion, before: PassageSearcher, after: PassageSearcher, today: date) -> ComparedQuestion:
    then, now = _first_documents(before, question, today), _first_documents(after, question, today)
    place_then, place_now = _place(then, question), _place(now, question)
    return ComparedQuestion(question, then, now, place_then, place_now, _verdict(question, then, now, place_then, place_now))


def _first_documents(searcher: PassageSearcher, question: GoldenQuestion, today: date) -> tuple[FoundDocument, ...]:
    query = SearchQuery(question.text, question.as_of or today, question.jurisdiction, _PASSAGES)
    found = {hit.passage.document_id: hit.passage.title for hit in searcher.search(query).hits}
    return tuple(FoundDocument(document_id, title) for document_id, title in list(found.items())[:DEPTH])


def _place(found: Sequence[FoundDocument], question: GoldenQuestion) -> int | None:
    return next((place for place, each in enumerate(found, start=1) if {each.id, each.title} & set(question.documents)), None)


def _verdict(
    question: GoldenQuestion,
    then: Sequence[FoundDocument],
    now: Sequence[FoundDocument],
    place_then: int | None,
    place_now: int | None,
) -> Verdict:
    if question.documents:
        missing = DEPTH + 1
        gained = (place_then or missing) - (place_now or missing)
        return Verdict.BETTER if gained > 0 else Verdict.WORSE if gained < 0 else Verdict.SAME
    return Verdict.SAME if [each.id for each in then] == [each.id for each in now] else Verdict.DIFFERENT
