"""An assistant that answers from a list, and keeps its records as the real one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.answer_status import AnswerStatus
from assistant.models import Answer, AnswerBlock, AnswerRecord, BlockKind, CitizenQuestion
from assistant.ports import ConversationStore
from assistant.told_conversation import Exchange
from tests.factories import a_screened_question, an_answer, an_answer_record


class ScriptedAssistant:
    """`answers` by a word of the question; anything else gets the usual answer. `asked` are the questions received."""

    def __init__(self, conversations: ConversationStore, answers: dict[str, Answer | Exception] | None = None) -> None:
        self._conversations, self._answers = conversations, answers or {}
        self.asked: list[CitizenQuestion] = []
        self.heard_before: tuple[Exchange, ...] = ()

    def told(self, question: CitizenQuestion, exchanges: Sequence[Exchange]) -> ScriptedAssistant:
        self.heard_before = tuple(exchanges)
        return self

    def answer(self, question: CitizenQuestion) -> AnswerRecord:
        record = self.tried(question)
        self._conversations.save(record)
        return record

    def tried(self, question: CitizenQuestion) -> AnswerRecord:
        self.asked.append(question)
        found = next((answer for word, answer in self._answers.items() if word in question.message), an_answer())
        if isinstance(found, Exception):
            raise found
        screened = replace(
            a_screened_question(question.message, question.conversation_id, question.asked_at),
            jurisdiction=question.jurisdiction,
            as_of=question.as_of,
        )
        record = an_answer_record(f"a-{len(self.asked)}", question.conversation_id, answer=self._blank() if not question.message else found)
        return replace(record, question=screened)

    def versions(self) -> dict[str, str]:
        return {}

    def _blank(self) -> Answer:
        lines = ("请先输入您想咨询的问题。",)
        return Answer(AnswerStatus.EMPTY_QUESTION, lines[0], (AnswerBlock(BlockKind.WORDING, lines),))
