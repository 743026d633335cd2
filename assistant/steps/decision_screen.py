"""Recognise wishes to have something computed or decided for the person, and say that this is not done here. Decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.models import Answer, AnswerBlock, BlockKind, UnderstoodQuestion
from assistant.rules import DecisionRules
from assistant.steps.part_joiner import SUBSTANTIAL, plain_text
from assistant.wording import Wording


@dataclass(frozen=True, slots=True)
class DecisionScreen:
    rules: DecisionRules
    wording: Wording

    def wish(self, text: str) -> str:
        """ "calculation", "eligibility", or "" where a rule is asked for."""
        if any(pattern.search(text) for pattern in self.rules.calculation):
            return "calculation"
        return "eligibility" if any(pattern.search(text) for pattern in self.rules.eligibility) else ""

    def declined(self, answer: Answer, question: UnderstoodQuestion) -> Answer:
        """The answer as it is, the rule quoted, with what is not done said first and a person offered."""
        wish = self.wish(question.standalone_text) if answer.status in SUBSTANTIAL else ""
        if not wish:
            return answer
        department = answer.department.name if answer.department else self.wording.hotline.name
        said = AnswerBlock(BlockKind.WORDING, (self.wording.phrase(f"declined_{wish}", department=department),))
        blocks = (said, *answer.blocks)
        step = self.wording.phrase("declined_step", department=department)
        return replace(answer, blocks=blocks, text=plain_text(blocks), next_steps=(step, *answer.next_steps), offers_person=True)
