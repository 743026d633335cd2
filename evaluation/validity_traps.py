"""Ask the questions of golden/validity_traps.jsonl and count what was cited though it does not bind. Judges by the labels alone."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from assistant.answering import PolicyAssistant
from assistant.models import AnswerRecord, CitizenQuestion
from indexing.ports import Progress

TRAPS_FILE = Path(__file__).with_name("golden") / "validity_traps.jsonl"


@dataclass(frozen=True, slots=True)
class ValidityTrap:
    """A question with the documents that must not, and those that should, be cited in `region` (GB/T 2260) on `as_of`."""

    id: str
    question: str
    region: str
    as_of: date
    trap: str
    must_not_cite: tuple[str, ...]
    must_cite: tuple[str, ...]
    expect_status: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrapOutcome:
    """`wrongly_cited` is the fault that must never happen; `missing` and `unexpected_status` cost helpfulness."""

    trap: ValidityTrap
    status: str
    cited: tuple[str, ...]
    wrongly_cited: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected_status: bool


def load_traps(path: Path = TRAPS_FILE) -> tuple[ValidityTrap, ...]:
    """Raises KeyError or ValueError for an incomplete line."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return tuple(_trap(row) for row in rows)


def spring_traps(assistant: PolicyAssistant, traps: Sequence[ValidityTrap], progress: Progress | None = None) -> tuple[TrapOutcome, ...]:
    """Each question in a conversation of its own."""
    outcomes = []
    for done, trap in enumerate(traps, start=1):
        question = CitizenQuestion(trap.question, uuid.uuid4().hex, trap.region, trap.as_of, datetime.now(UTC))
        outcomes.append(judge(trap, assistant.answer(question)))
        if progress:
            progress("有效性陷阱", done, len(traps))
    return tuple(outcomes)


def judge(trap: ValidityTrap, record: AnswerRecord) -> TrapOutcome:
    cited = tuple(dict.fromkeys(citation.document_id for citation in record.answer.citations))
    status = str(record.answer.status)
    return TrapOutcome(
        trap=trap,
        status=status,
        cited=cited,
        wrongly_cited=tuple(document for document in cited if document in trap.must_not_cite),
        missing=tuple(document for document in trap.must_cite if document not in cited),
        unexpected_status=bool(trap.expect_status) and status not in trap.expect_status,
    )


def trap_summary(outcomes: Sequence[TrapOutcome]) -> dict[str, object]:
    """Counts, and every outcome that is not as labelled."""
    odd = [outcome for outcome in outcomes if outcome.wrongly_cited or outcome.missing or outcome.unexpected_status]
    return {
        "questions": len(outcomes),
        "wrongly_cited": sum(bool(outcome.wrongly_cited) for outcome in outcomes),
        "not_asked": sum(outcome.status in ("failed", "index_not_ready") for outcome in outcomes),
        "missing": sum(bool(outcome.missing) for outcome in outcomes),
        "unexpected_status": sum(outcome.unexpected_status for outcome in outcomes),
        "not_as_labelled": [asdict(outcome) for outcome in odd],
    }


def _trap(row: dict[str, object]) -> ValidityTrap:
    expected = row["expect_status"]
    return ValidityTrap(
        id=str(row["id"]),
        question=str(row["question"]),
        region=str(row["region"]),
        as_of=date.fromisoformat(str(row["as_of"])),
        trap=str(row["trap"]),
        must_not_cite=_names(row["must_not_cite"]),
        must_cite=_names(row["must_cite"]),
        expect_status=_answered_either_way((str(expected),) if isinstance(expected, str) else _names(expected)),
    )


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError(f"应为列表：{value!r}")
    return tuple(str(name) for name in value)


def _answered_either_way(statuses: tuple[str, ...]) -> tuple[str, ...]:
    """A label "answered" leaves open whether provisions or a service guide answered."""
    return (*statuses, "answered_from_guide") if "answered" in statuses else statuses
