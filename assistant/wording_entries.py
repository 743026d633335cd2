"""Fixed sentences as entries that administrators edit: the sentences alone, what is filled into them stays."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from assistant.handoff.wording import WORDING_FILE as HANDOFF_FILE
from assistant.handoff.wording import HandoffWording, load_handoff_wording
from assistant.wording import WORDING_FILE, Reply, Wording, load_wording
from knowledge_base.content.live_content import LiveMapping
from knowledge_base.content.models import EntryFault, Row
from knowledge_base.content.ports import ProposedChange

_Name = TypeVar("_Name", bound=str)
REPLY, HEADING, QUESTION, PHRASE, HANDOFF = "reply", "heading", "question", "phrase", "handoff"


def assistant_rows(path: Path = WORDING_FILE, handoff: Path = HANDOFF_FILE) -> dict[str, Row]:
    """Every sentence of the assistant and of hand-over, by id. Raises as `load_wording`."""
    wording, spoken = load_wording(path), load_handoff_wording(handoff)
    rows = [sentence_row(REPLY, name, "\n".join(reply.lines), "\n".join(reply.next_steps)) for name, reply in wording.replies.items()]
    rows += [sentence_row(HEADING, facet, text) for facet, text in wording.facet_headings.items()]
    rows += [sentence_row(QUESTION, facet, text) for facet, text in wording.facet_questions.items()]
    rows += [sentence_row(PHRASE, name, text) for name, text in wording.phrases.items()]
    # The parser keeps the order of the file, so that what belongs together stays together.
    messages = tomllib.loads(handoff.read_text(encoding="utf-8"))["message"]
    rows += [sentence_row(HANDOFF, name, spoken.messages[name]) for name in messages]
    return {row["id"]: row for row in rows}


def wording_of(rows: Mapping[str, Row], shipped: Wording) -> Wording:
    """The wording with the sentences of these entries."""
    return replace(
        shipped,
        replies={name: _reply(reply, rows[f"{REPLY}.{name}"]) for name, reply in shipped.replies.items()},
        facet_headings=_texts(HEADING, shipped.facet_headings, rows),
        facet_questions=_texts(QUESTION, shipped.facet_questions, rows),
        phrases=_texts(PHRASE, shipped.phrases, rows),
    )


def handoff_wording_of(rows: Mapping[str, Row], shipped: HandoffWording) -> HandoffWording:
    return replace(shipped, messages=_texts(HANDOFF, shipped.messages, rows))


def live_wording(current: Callable[[], Wording], shipped: Wording) -> Wording:
    """Always says what `current` says, for steps that keep their wording for as long as the process lives."""
    return Wording(
        replies=LiveMapping(lambda: current().replies),
        facet_headings=LiveMapping(lambda: current().facet_headings),
        facet_questions=LiveMapping(lambda: current().facet_questions),
        phrases=LiveMapping(lambda: current().phrases),
        # The last resort where the directory has no hotline of its own; it is not edited here but there.
        hotline=shipped.hotline,
    )


def live_handoff_wording(current: Callable[[], HandoffWording], shipped: HandoffWording) -> HandoffWording:
    return HandoffWording(LiveMapping(lambda: current().messages), shipped.reasons)


@dataclass(frozen=True, slots=True)
class WordingRules:
    """What is filled in stays the same, and so does the number of lines but of replies. `shipped`: the sentences of the program."""

    shipped: Callable[[], Mapping[str, Row]]

    def settled(self, row: Row) -> Row:
        """What people cannot change is as the program has it."""
        mine = self.shipped().get(row.get("id", ""))
        return row if mine is None else {**row, "used": mine["used"]}

    def faults(self, change: ProposedChange) -> Iterator[EntryFault]:
        shipped = self.shipped()
        for key, row in change.rows.items():
            mine = shipped.get(key, {})
            for field, label in (("text", "文字"), ("next_steps", "后续提示")):
                if reason := _fault(label, row.get(field, ""), mine.get(field, "")):
                    yield EntryFault(key, field, reason)
            wanted, given = len(mine.get("text", "").split("\n")), len(row.get("text", "").split("\n"))
            if mine.get("used") != REPLY and wanted != given:
                yield EntryFault(key, "text", f"应当是 {wanted} 行，现在是 {given} 行。")
            if mine.get("used") != REPLY and row.get("next_steps"):
                yield EntryFault(key, "next_steps", "这一句没有后续提示，请留空。")


def _fault(label: str, text: str, shipped: str) -> str:
    """ "" where nothing is wrong."""
    try:
        given = set(_places(text))
    except ValueError:
        return f"“{label}”里的花括号不成对，或者里面不是名称。请照原来的写法保留，例如 {{title}}。"
    wanted = set(_places(shipped))
    reasons = [("缺少", wanted - given), ("不认识", given - wanted)]
    found = [f"{word} {'、'.join(sorted(names))}" for word, names in reasons if names]
    return f"“{label}”{'，'.join(found)}。花括号里的名称会换成具体内容，必须与原来的相同。" if found else ""


def _places(text: str) -> Iterator[str]:
    """Everything in braces, as it is written. Raises ValueError where braces do not fit."""
    for _, name, form, conversion in string.Formatter().parse(text):
        if name is not None:
            if not name or form or conversion:
                raise ValueError(name)
            yield f"{{{name}}}"


def sentence_row(used: str, name: str, text: str, next_steps: str = "") -> Row:
    cells = {"id": f"{used}.{name}", "used": used, "text": text, "next_steps": next_steps}
    return {field: cell for field, cell in cells.items() if cell}


def _reply(reply: Reply, row: Row) -> Reply:
    steps = tuple(line for line in row.get("next_steps", "").split("\n") if line)
    return replace(reply, lines=tuple(row["text"].split("\n")), next_steps=steps)


def _texts(used: str, shipped: Mapping[_Name, str], rows: Mapping[str, Row]) -> Mapping[_Name, str]:
    return {name: rows[f"{used}.{name}"]["text"] for name in shipped}
