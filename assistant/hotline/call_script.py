"""Writes what an operator reads out: fixed phrases around guide fields, provisions word for word and directory entries. Invents nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog

from assistant.hotline.desk_models import DeskCard, DeskField, ScriptLine
from assistant.hotline.desk_rules import DeskRules, ScriptWording
from assistant.hotline.source_facts import facts, unsupported_facts
from assistant.models import BlockKind, DepartmentCard, Facet
from assistant.quotation import sentences
from assistant.steps.composer import citation_heading

_log = structlog.get_logger(__name__)

_READ_OUT = frozenset({Facet.CONDITIONS, Facet.MATERIALS, Facet.TIME_LIMIT, Facet.FEE, Facet.PLACE})
"""Fields read out where none was asked for: the steps only on demand, phone and hours with the department."""

_NAMED = 2
"""Further provisions named; all of them stand on the card."""


@dataclass(frozen=True, slots=True)
class CallScript:
    """Safe to call from many threads."""

    rules: DeskRules

    def write(self, card: DeskCard, plain: bool) -> tuple[ScriptLine, ...]:
        """Short sentences in the order of speech. A line with a number, date or phone that no source of the card holds is left out."""
        if card.answer is None:
            return ()
        wording, known = self.rules.script(plain), known_facts(card)
        lines = [line for line in self._lines(card, wording) if line.lead or line.text]
        invented = [line for line in lines if unsupported_facts(f"{line.lead}\n{line.text}", known)]
        if invented:
            _log.warning("script_lines_withheld", lines=len(invented))
        return tuple(line for line in lines if line not in invented)

    def _lines(self, card: DeskCard, wording: ScriptWording) -> Iterator[ScriptLine]:
        answer = card.answer
        if answer is None or card.subject is None:
            yield from self._without_evidence(card, wording)
            return
        yield ScriptLine(wording.phrases["opening"].format(title=card.subject.title), "")
        for field in _spoken_fields(card.fields):
            yield from _listed(wording.facets[field.facet], field.lines, wording.ordinals)
        for sentence in () if card.fields else card.conclusion:
            yield ScriptLine("", sentence)
        yield from _bases(card, wording)
        if answer.department:
            yield from _reached(card, answer.department, "department", wording)
        yield ScriptLine(wording.phrases["closing"], "")

    def _without_evidence(self, card: DeskCard, wording: ScriptWording) -> Iterator[ScriptLine]:
        """The answer's own fixed wording, then whom to turn to."""
        for block in card.answer.blocks if card.answer else ():
            yield from (ScriptLine("", line) for line in block.lines)
        lead = card.routing.lead if card.routing else None
        department = lead.department if lead else card.answer.department if card.answer else None
        if department:
            yield from _reached(card, department, "likely", wording)


def known_facts(card: DeskCard) -> frozenset[str]:
    """Numbers, dates and phones of every text that a script or a message of this card may draw on."""
    return facts("\n".join(_sources(card)))


def _sources(card: DeskCard) -> Iterator[str]:
    if card.answer is None:
        return
    for block in card.answer.blocks:
        yield from block.lines if block.kind is not BlockKind.QUOTE else ()
    for citation in card.answer.citations:
        yield citation.quote
        yield citation_heading(citation)
    for field in card.fields:
        yield from field.lines
    yield card.subject.title if card.subject else ""
    routed = [candidate.department for candidate in card.routing.candidates] if card.routing else []
    for department in (card.answer.department, *routed):
        if department:
            yield from (department.name, department.phone, department.hours, department.address)


def _spoken_fields(fields: Sequence[DeskField]) -> list[DeskField]:
    asked = [field for field in fields if field.asked]
    return asked or [field for field in fields if field.facet in _READ_OUT]


def _listed(lead: str, lines: Sequence[str], ordinals: Sequence[str]) -> Iterator[ScriptLine]:
    """A single line stands beside its lead; of several each begins with its ordinal, where the language level has ordinals."""
    if len(lines) == 1:
        yield from _spoken(lead, lines[0])
        return
    yield ScriptLine(lead, "")
    for place, line in enumerate(lines):
        numbered = ordinals and place < len(ordinals) and not line[:1].isdigit()
        yield from _spoken(f"{ordinals[place]}，" if numbered else "", line)


def _bases(card: DeskCard, wording: ScriptWording) -> Iterator[ScriptLine]:
    """The provision that was just read first, the others by name only: whole texts are long to listen to."""
    read = [citation for citation in card.provisions if any(sentence in citation.quote for sentence in card.conclusion)]
    for citation in read[:1]:
        yield ScriptLine(wording.phrases["basis"].format(citation=citation_heading(citation)), "")
    named = dict.fromkeys(citation_heading(citation) for citation in card.provisions if citation not in read[:1])
    for heading in list(named)[:_NAMED]:
        yield ScriptLine(wording.phrases["also_basis"].format(citation=heading), "")


def phone_of(card: DeskCard, department: DepartmentCard) -> str:
    """The number the guide gives for this very matter, else the department's."""
    return next((field.lines[0] for field in card.fields if field.facet is Facet.PHONE), department.phone)


def _reached(card: DeskCard, department: DepartmentCard, phrase: str, wording: ScriptWording) -> Iterator[ScriptLine]:
    yield ScriptLine(wording.phrases[phrase].format(name=department.name), "")
    if phone := phone_of(card, department):
        yield ScriptLine(wording.phrases["phone"].format(phone=phone), "")
    if department.hours:
        yield ScriptLine(wording.phrases["hours"].format(hours=department.hours), "")


def _spoken(lead: str, text: str) -> Iterator[ScriptLine]:
    """One line per sentence of the text, the lead before the first."""
    for place, span in enumerate(sentences(text)):
        yield ScriptLine(lead if place == 0 else "", text[span.start : span.end])
