"""Fixed wording a citizen can read, loaded from wording.zh.toml. Holds sentences, decides nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer_status import AnswerStatus
from assistant.models import Answer, AnswerBlock, BlockKind, DepartmentCard, Facet

WORDING_FILE = Path(__file__).with_name("wording.zh.toml")


@dataclass(frozen=True, slots=True)
class Reply:
    """One fixed reply; braces in its sentences are names of facts to fill in."""

    lines: tuple[str, ...]
    next_steps: tuple[str, ...] = ()
    offers_person: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """`replies` by "status" or "status.key"; the rest by facet or phrase name. `hotline` stands in where the directory has none."""

    replies: Mapping[str, Reply]
    facet_headings: Mapping[Facet, str]
    facet_questions: Mapping[Facet, str]
    phrases: Mapping[str, str]
    hotline: DepartmentCard

    def reply(self, status: AnswerStatus, key: str = "", **facts: str) -> tuple[str, ...]:
        """The lines of a reply with its facts filled in. Raises KeyError for an unknown reply or a missing fact."""
        return tuple(line.format(**facts) for line in self._find(status, key).lines)

    def answer(self, status: AnswerStatus, key: str = "", department: DepartmentCard | None = None, **facts: str) -> Answer:
        """A whole Answer made of fixed wording only."""
        reply, lines = self._find(status, key), self.reply(status, key, **facts)
        return Answer(
            status=status,
            text="\n".join(lines),
            blocks=(AnswerBlock(BlockKind.WORDING, lines),),
            department=department,
            next_steps=tuple(step.format(**facts) for step in reply.next_steps),
            offers_person=reply.offers_person,
        )

    def phrase(self, name: str, **facts: str) -> str:
        return self.phrases[name].format(**facts)

    def _find(self, status: AnswerStatus, key: str) -> Reply:
        return self.replies[f"{status}.{key}" if key else str(status)]


def load_wording(path: Path = WORDING_FILE) -> Wording:
    """Read the wording file. Raises tomllib.TOMLDecodeError, KeyError or ValueError where it is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Wording(
        replies=dict(_replies(table["reply"])),
        facet_headings={Facet(name): text for name, text in table["facet_heading"].items()},
        facet_questions={Facet(name): text for name, text in table["facet_question"].items()},
        phrases=dict(table["phrase"]),
        hotline=DepartmentCard(id="hotline", address="", **table["hotline"]),
    )


def _replies(table: Mapping[str, Any]) -> list[tuple[str, Reply]]:
    found = []
    for status, entry in table.items():
        AnswerStatus(status)
        keyed = {f"{status}.{key}": value for key, value in entry.items() if isinstance(value, Mapping)}
        found += [(name, _reply(value)) for name, value in (({status: entry} if "lines" in entry else {}) | keyed).items()]
    return found


def _reply(entry: Mapping[str, Any]) -> Reply:
    return Reply(tuple(entry["lines"]), tuple(entry.get("next_steps", ())), bool(entry.get("offers_person", False)))
