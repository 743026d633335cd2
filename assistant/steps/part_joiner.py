"""Set the answers to several questions one below the other: a heading each, citations numbered through. Writes nothing of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.answer_status import AnswerStatus
from assistant.models import Answer, AnswerBlock, AnswerPart, BlockKind
from assistant.wording import Wording

SUBSTANTIAL = (AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE)
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class PartJoiner:
    wording: Wording

    def join(self, questions: Sequence[str], answers: Sequence[Answer]) -> Answer:
        """One answer for each question, in order. Its status is that of the first part that has an answer, else of the first part."""
        blocks: list[AnswerBlock] = []
        for place, (question, answer) in enumerate(zip(questions, _numbered_through(answers), strict=True)):
            heading = self.wording.phrase("part", number=_NUMERALS[place], question=question)
            blocks += [AnswerBlock(BlockKind.SECTION, (), heading), *answer.blocks, *self._whom_to_ask(answer)]
        main = next((answer for answer in answers if answer.status in SUBSTANTIAL), answers[0])
        return Answer(
            status=main.status,
            text=plain_text(blocks),
            blocks=tuple(blocks),
            citations=tuple(citation for answer in _numbered_through(answers) for citation in answer.citations),
            department=main.department,
            next_steps=_all_of(answer.next_steps for answer in answers)[:4],
            next_questions=_all_of(answer.next_questions[:2] for answer in answers),
            documents_as_of=main.documents_as_of,
            offers_person=any(answer.offers_person for answer in answers),
            parts=tuple(AnswerPart(question, answer.status) for question, answer in zip(questions, answers, strict=True)),
        )

    def join_regions(self, asked_back: Answer, regions: Sequence[tuple[str, Answer]]) -> Answer:
        """`asked_back` says that rules differ and asks for the place; below it what holds in each region, by its full name."""
        blocks = list(asked_back.blocks)
        numbered = _numbered_through([answer for _, answer in regions])
        for (region, _), answer in zip(regions, numbered, strict=True):
            blocks += [AnswerBlock(BlockKind.SECTION, (), region), *answer.blocks]
        return replace(
            asked_back,
            blocks=tuple(blocks),
            text=plain_text(blocks),
            citations=tuple(citation for answer in numbered for citation in answer.citations),
            documents_as_of=regions[0][1].documents_as_of,
        )

    def _whom_to_ask(self, answer: Answer) -> tuple[AnswerBlock, ...]:
        """Below a question without an answer: the card at the end names but one department."""
        if answer.status in SUBSTANTIAL or answer.department is None or not answer.department.phone:
            return ()
        line = self.wording.phrase("part_department", department=answer.department.name, phone=answer.department.phone)
        return (AnswerBlock(BlockKind.WORDING, (line,)),)


def plain_text(blocks: Sequence[AnswerBlock]) -> str:
    return "\n".join(line for block in blocks for line in (block.heading, *block.lines) if line)


def _numbered_through(answers: Sequence[Answer]) -> list[Answer]:
    numbered, before = [], 0
    for answer in answers:
        shift = before
        citations = tuple(replace(citation, number=citation.number + shift) for citation in answer.citations)
        blocks = tuple(replace(block, citation=block.citation + shift) if block.citation else block for block in answer.blocks)
        numbered.append(replace(answer, citations=citations, blocks=blocks))
        before += max((citation.number for citation in answer.citations), default=0)
    return numbered


def _all_of(groups: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for group in groups for line in group))
