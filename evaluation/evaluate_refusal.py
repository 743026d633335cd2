"""Measure what is refused without a search: `zhengwen evaluate refusal`. The whole assistant answers; only its searches are counted."""

from __future__ import annotations

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from assistant.answering import PolicyAssistant
from assistant.intents import IntentRecogniser
from assistant.models import AnswerRecord, CitizenQuestion, ConversationTurn
from assistant.ports import ConversationStore
from evaluation.errors import DatasetUnreadable
from indexing.models import RankingMode, SearchQuery, SearchResult
from indexing.ports import Progress

OUT_OF_SCOPE_FILE = Path(__file__).with_name("golden") / "out_of_scope.jsonl"
_ROUNDING, _SHOWN = 4, 20


@dataclass(frozen=True, slots=True)
class Message:
    """`domain` is what kind of talk it is, "" where the file does not say."""

    text: str
    domain: str = ""


class CountingSearcher:
    """Finds nothing and counts: that somebody searched is all that matters here."""

    def __init__(self) -> None:
        self.searches = 0

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        self.searches += 1
        return SearchResult((), "", {})


class RefusalCounter:
    """Asks an assistant, each message in a conversation of its own, and says whether it searched."""

    def __init__(self, assistant: PolicyAssistant, recogniser: IntentRecogniser, today: date) -> None:
        self._searcher, self._today = CountingSearcher(), today
        finder = replace(assistant.finder, searcher=self._searcher)
        self._assistant = replace(
            assistant,
            intents=replace(assistant.intents, recogniser=recogniser),
            finder=finder,
            absence=replace(assistant.absence, searcher=self._searcher, finder=finder),
            conversations=_Forgetful(assistant.conversations),
        )

    def refused_as(self, text: str) -> str:
        """The status it was answered with, "" where the policy base was searched."""
        before = self._searcher.searches
        question = CitizenQuestion(text, uuid.uuid4().hex, None, self._today, datetime.now(UTC))
        status = str(self._assistant.answer(question).answer.status)
        return status if self._searcher.searches == before else ""


class _Forgetful:
    """Keeps nothing: what is asked here is no citizen's question."""

    def __init__(self, kept: ConversationStore) -> None:
        self._kept = kept

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)

    def save(self, record: AnswerRecord) -> None:
        return None

    def last_turns(self, conversation_id: str, limit: int = 4) -> tuple[ConversationTurn, ...]:
        return ()


def evaluate_refusal(
    unlearned: RefusalCounter,
    deployed: RefusalCounter,
    out_of_scope: Sequence[Message],
    in_scope: Mapping[str, Sequence[Message]],
    progress: Progress,
) -> dict[str, Any]:
    """The JSON of the command.

    `unlearned` has not learned the words of any guide, so that in-scope questions of a guide are new to it. "in_scope_refused" is of the
    first set of `in_scope`; every set has its entry in "sets". Shares in [0, 1].
    """
    talk = _asked(deployed, out_of_scope, progress, "与政务无关")
    sets = {}
    for name, messages in in_scope.items():
        new = _asked(unlearned, messages, progress, name)
        sets[name] = {
            "questions": len(messages),
            "refused": _share(new),
            "refused_as_deployed": _share(_asked(deployed, messages, progress, f"{name}（部署的模型）")),
            "refused_as": dict(Counter(status for status in new if status)),
            "refused_questions": [message.text[:60] for message, status in zip(messages, new, strict=True) if status][:_SHOWN],
        }
    first: dict[str, Any] = next(iter(sets.values()), {"questions": 0, "refused": 0.0})
    return {
        "out_of_scope": len(out_of_scope),
        "refused_without_search": _share(talk),
        "in_scope": first["questions"],
        "in_scope_refused": first["refused"],
        "by_domain": _by_domain(out_of_scope, talk),
        "sets": sets,
    }


def load_messages(path: Path) -> tuple[Message, ...]:
    """JSON Lines with `text` and/or `title`, optionally `domain`. Raises DatasetUnreadable."""
    if not path.is_file():
        raise DatasetUnreadable(str(path), "没有这个文件。请检查路径。")
    messages = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        try:
            row = json.loads(line) if line.strip() else {}
        except ValueError as error:
            raise DatasetUnreadable(path.name, f"第 {number} 行不是 JSON。请每行写一个 JSON 对象。") from error
        text = "。".join(str(row[field]) for field in ("title", "text") if row.get(field))
        messages += [Message(text, str(row.get("domain") or ""))] if text else []
    if not messages:
        raise DatasetUnreadable(path.name, "没有一行带 text。")
    return tuple(messages)


def _asked(counter: RefusalCounter, messages: Sequence[Message], progress: Progress, step: str) -> list[str]:
    statuses = []
    for done, message in enumerate(messages, start=1):
        statuses.append(counter.refused_as(message.text))
        if done % 50 == 0 or done == len(messages):
            progress(step, done, len(messages))
    return statuses


def _by_domain(messages: Sequence[Message], statuses: Sequence[str]) -> dict[str, float]:
    found: dict[str, list[str]] = defaultdict(list)
    for message, status in zip(messages, statuses, strict=True):
        found[message.domain].append(status)
    return {domain: _share(found[domain]) for domain in sorted(found)}


def _share(statuses: Sequence[str]) -> float:
    return round(sum(bool(status) for status in statuses) / len(statuses), _ROUNDING) if statuses else 0.0
