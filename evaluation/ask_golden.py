"""Put golden questions to the deployed assistant. Nothing asked here is kept among the conversations of the installation."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from assistant.answering import PolicyAssistant
from assistant.models import CHINA_TIME, Answer, AnswerRecord, CitizenQuestion, ConversationTurn
from assistant.ports import ConversationStore
from evaluation.golden_set import Expectation, GoldenConversation, GoldenQuestion, GoldenSet
from evaluation.golden_verdicts import Asked
from indexing.ports import Progress

_ASKED_AT = datetime.combine(date(2026, 11, 22), time(12), CHINA_TIME)
"""The day the labels were made for: a question about another day is a question about another day, whatever day it is measured on."""


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """One question put: a single one, or a turn, whose `id` is "c-001/2". Either `question` or `conversation` is None."""

    id: str
    expected: Expectation
    asked: Asked
    question: GoldenQuestion | None = None
    conversation: GoldenConversation | None = None


@dataclass(frozen=True, slots=True)
class AnsweredCase:
    case: GoldenCase
    answer: Answer


def ask_golden(assistant: PolicyAssistant, golden: GoldenSet, progress: Progress) -> Iterator[AnsweredCase]:
    """Each question in a conversation of its own, the turns of a conversation one after the other, all asked at one moment."""
    unkept = without_keeping(assistant)
    groups = [*([_single(question)] for question in golden.questions), *map(_turns, golden.conversations)]
    done, total = 0, len(golden)
    for cases in groups:
        conversation = uuid.uuid4().hex
        for case in cases:
            yield AnsweredCase(case, _ask(unkept, case, conversation))
            done += 1
            progress("金标题目", done, total)


def without_keeping(assistant: PolicyAssistant) -> PolicyAssistant:
    """The same assistant, whose conversations are forgotten with it."""
    return replace(assistant, conversations=UnkeptConversations(assistant.conversations))


class UnkeptConversations:
    """Implements ConversationStore for one run: what was said before is known, and gone with the process."""

    def __init__(self, kept: ConversationStore) -> None:
        self._kept = kept
        self._records: dict[str, list[AnswerRecord]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kept, name)

    def save(self, record: AnswerRecord) -> None:
        self._records.setdefault(record.conversation_id, []).append(record)

    def records_of(self, conversation_id: str, limit: int = 50) -> tuple[AnswerRecord, ...]:
        return tuple(self._records.get(conversation_id, ())[-limit:])

    def last_turns(self, conversation_id: str, limit: int = 4) -> tuple[ConversationTurn, ...]:
        return tuple(map(_turn, self.records_of(conversation_id, limit)))


def _turn(record: AnswerRecord) -> ConversationTurn:
    question = record.question
    return ConversationTurn(question.asked_at, question.text, record.standalone_text, record.answer.status, record.subjects)


def _ask(assistant: PolicyAssistant, case: GoldenCase, conversation: str) -> Answer:
    asked = case.asked
    return assistant.answer(CitizenQuestion(asked.texts[-1], conversation, asked.region, asked.as_of, _ASKED_AT)).answer


def _single(question: GoldenQuestion) -> GoldenCase:
    return GoldenCase(question.id, question.expected, Asked((question.question,), question.region, question.as_of), question)


def _turns(conversation: GoldenConversation) -> list[GoldenCase]:
    texts = tuple(turn.question for turn in conversation.turns)
    return [
        GoldenCase(
            f"{conversation.id}/{number}",
            turn.expected,
            Asked(texts[:number], conversation.region, conversation.as_of),
            conversation=conversation,
        )
        for number, turn in enumerate(conversation.turns, start=1)
    ]
