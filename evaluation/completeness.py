"""Ask the questions of golden/completeness.jsonl and look whether every condition, 项 and exception of the provision is in the answer."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from assistant.answering import PolicyAssistant
from assistant.models import Answer, BlockKind, CitizenQuestion
from evaluation.answer_scores import without_white_space
from indexing.ports import Progress

CASES_FILE = Path(__file__).with_name("golden") / "completeness.jsonl"
_MOST_ITEMS = 60


@dataclass(frozen=True, slots=True)
class CompletenessCase:
    """`provision` is "document#path"; `must_contain` are stretches of it, word for word, that an answer about it must not leave out."""

    id: str
    question: str
    region: str
    as_of: date
    provision: str
    must_contain: tuple[str, ...]

    @property
    def document_id(self) -> str:
        return self.provision.partition("#")[0]


@dataclass(frozen=True, slots=True)
class CompletenessOutcome:
    """`missing` stretches; `told`: the answer says that the list goes on, and how many 项 it has; `cited`: the document is cited at all."""

    case: CompletenessCase
    status: str
    cited: bool
    missing: tuple[str, ...]
    told: bool

    @property
    def is_cut(self) -> bool:
        """Part of the provision is shown and part is not; where nothing of it is, another one was quoted."""
        return 0 < len(self.missing) < len(self.case.must_contain)


def load_cases(path: Path = CASES_FILE) -> tuple[CompletenessCase, ...]:
    """Raises KeyError or ValueError for an incomplete line."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return tuple(
        CompletenessCase(
            row["id"], row["question"], row["region"], date.fromisoformat(row["as_of"]), row["provision"], tuple(row["must_contain"])
        )
        for row in rows
    )


def ask_cases(
    assistant: PolicyAssistant, cases: Sequence[CompletenessCase], progress: Progress | None = None
) -> tuple[CompletenessOutcome, ...]:
    """Each question in a conversation of its own."""
    outcomes = []
    for done, case in enumerate(cases, start=1):
        question = CitizenQuestion(case.question, uuid.uuid4().hex, case.region, case.as_of, datetime.now(UTC))
        outcomes.append(judge(case, assistant.tried(question).answer, _sayings(assistant)))
        if progress:
            progress("完整性", done, len(cases))
    return tuple(outcomes)


def judge(case: CompletenessCase, answer: Answer, sayings: frozenset[str]) -> CompletenessOutcome:
    """By what is shown alone, provisions or fields of a guide; `sayings` are the fixed sentences that tell of a list cut off."""
    shown = without_white_space("".join(line for block in answer.blocks for line in block.lines))
    missing = tuple(stretch for stretch in case.must_contain if without_white_space(stretch) not in shown)
    cited = any(citation.document_id == case.document_id for citation in answer.citations)
    said = {line for block in answer.blocks if block.kind is BlockKind.WORDING for line in block.lines}
    return CompletenessOutcome(case, str(answer.status), cited, missing, bool(said & sayings))


def completeness_summary(outcomes: Sequence[CompletenessOutcome]) -> dict[str, object]:
    """Shares in [0, 1] and every case that is not complete. Raises ValueError for no outcomes at all."""
    if not outcomes:
        raise ValueError("没有可以评分的问题。")
    cited = [outcome for outcome in outcomes if outcome.cited]
    whole = [outcome for outcome in outcomes if not outcome.missing]
    of_cited = sum(not outcome.missing for outcome in cited) / len(cited) if cited else 0.0
    return {
        "questions": len(outcomes),
        "complete": round(len(whole) / len(outcomes), 4),
        "document_cited": round(len(cited) / len(outcomes), 4),
        "complete_of_cited": round(of_cited, 4),
        "cut": sum(outcome.is_cut for outcome in outcomes),
        "told_of_cut_list": sum(bool(outcome.missing) and outcome.told for outcome in outcomes),
        "incomplete": [asdict(outcome) for outcome in outcomes if outcome.missing],
    }


def _sayings(assistant: PolicyAssistant) -> frozenset[str]:
    return frozenset(assistant.wording.phrase("list_cut", items=str(items)) for items in range(2, _MOST_ITEMS))
