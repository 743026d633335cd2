"""Writes the text message that repeats an answer: fixed wording around fields and quotes, never longer than allowed, whole lines only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.hotline.call_script import known_facts, phone_of
from assistant.hotline.desk_models import DeskCard
from assistant.hotline.desk_rules import DeskRules
from assistant.hotline.source_facts import unsupported_facts
from assistant.models import DepartmentCard
from assistant.steps.composer import citation_heading


@dataclass(frozen=True, slots=True)
class MessageText:
    """Safe to call from many threads."""

    rules: DeskRules

    def write(self, card: DeskCard) -> str:
        """At most `message_characters`; citations and department are kept, lines that do not fit before them are left out and said so."""
        if card.answer is None:
            return ""
        words = self.rules.message
        opening = words["opening"].format(title=card.subject.title) if card.subject else words["opening_without"]
        closing = self._closing(card)
        known = known_facts(card)
        room = self.rules.message_characters - len(opening) - len(closing) - len(words["more"])
        body, is_whole = _fitting([line for line in self._body(card) if not unsupported_facts(line, known)], room)
        return opening + body + ("" if is_whole else words["more"]) + closing

    def _body(self, card: DeskCard) -> Iterator[str]:
        words = self.rules.message
        if card.subject is None and card.answer:
            yield from (line for block in card.answer.blocks for line in block.lines)
        asked = [field for field in card.fields if field.asked] or card.fields
        for field in asked:
            yield words["field"].format(heading=field.heading, lines=_joined(field.lines))
        for citation in () if card.fields else card.provisions:
            yield words["quote"].format(
                citation=citation_heading(citation),
                lines=_joined(tuple(line.strip() for line in citation.quote.splitlines() if line.strip())),
            )

    def _closing(self, card: DeskCard) -> str:
        citations = [citation_heading(citation) for citation in card.provisions] if card.fields else []
        basis = self.rules.message["basis"].format(citations="、".join(dict.fromkeys(citations))) if citations else ""
        department = _reached(card)
        if department is None or not department.phone:
            return basis
        return basis + self.rules.message["department"].format(name=department.name, phone=phone_of(card, department))


def _reached(card: DeskCard) -> DepartmentCard | None:
    lead = card.routing.lead if card.routing else None
    if card.subject is None and lead:
        return lead.department
    return card.answer.department if card.answer else None


def _fitting(lines: list[str], room: int) -> tuple[str, bool]:
    """As many whole lines as fit, and whether all did."""
    kept = ""
    for line in lines:
        ended = line if line.endswith(("。", "！", "？", "；")) else f"{line}。"
        if len(kept) + len(ended) > room:
            return kept, False
        kept += ended
    return kept, True


def _joined(lines: tuple[str, ...]) -> str:
    return "；".join(line.rstrip("。；") for line in lines)
