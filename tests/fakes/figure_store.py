"""A FigureStore and a MessageStore that count what the stores in memory hold; they pass the contract suites of the SQL ones."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from assistant.answer_status import AnswerStatus
from assistant.hotline.models import OrderAction, OrderState, Satisfaction, WorkOrder
from assistant.insight.models import DayCount, DayLatency, GradeCount, Message, OrderTerm, RatingSource, Span
from assistant.insight.ports import Regions
from assistant.models import CHINA_TIME, AnswerRecord, FeedbackKind
from assistant.surveys.models import SurveySubject
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.handoff_store import MemoryHandoffStore
from tests.fakes.survey_store import MemorySurveyStore
from tests.fakes.work_order_store import MemoryWorkOrderStore

_ANSWERED = (OrderState.REPLIED, OrderState.FOLLOWED_UP, OrderState.CLOSED)


@dataclass
class MemoryRecords:
    """The stores behind; what is written to them is counted here."""

    conversations: MemoryConversationStore
    handoffs: MemoryHandoffStore
    orders: MemoryWorkOrderStore
    surveys: MemorySurveyStore

    @property
    def answers(self) -> list[AnswerRecord]:
        return list(self.conversations._records.values())

    @property
    def feedback(self) -> list[tuple[str, FeedbackKind, datetime]]:
        return [(name, said.kind, said.at) for name, each in self.conversations._feedback.items() for said in each]


class MemoryFigureStore:
    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    def endings(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        return _counted((_day(each.question.asked_at), each.answer.status.value) for each in self._answers(span, regions))

    def subjects(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        return _counted((_day(each.question.asked_at), each.subjects[0]) for each in self._answers(span, regions) if each.subjects)

    def latencies(self, span: Span, step: str = "total") -> tuple[DayLatency, ...]:
        taken: dict[date, list[float]] = defaultdict(list)
        for each in self._answers(span, None):
            times = each.timings_ms | {"total": sum(each.timings_ms.values())}
            if step in times:
                taken[_day(each.question.asked_at)].append(times[step])
        return tuple(DayLatency(day, len(times), _ranked(times, 50), _ranked(times, 95)) for day, times in sorted(taken.items()))

    def feedback(self, span: Span) -> tuple[DayCount, ...]:
        return _counted((_day(at), kind.value) for _, kind, at in self._records.feedback if _within(at, span))

    def handoffs(self, span: Span) -> tuple[DayCount, ...]:
        held = self._records.handoffs._handoffs.values()
        return _counted((_day(each.requested_at), each.state.value) for each in held if _within(each.requested_at, span))

    def grades(self, span: Span) -> tuple[GradeCount, ...]:
        surveys, handoffs = self._records.surveys.responses.values(), self._records.handoffs._handoffs.values()
        given: dict[RatingSource, list[Satisfaction | None]] = {
            RatingSource.CONVERSATION: [
                each.grade for each in surveys if each.subject is SurveySubject.CONVERSATION and _within(each.at, span)
            ],
            RatingSource.HANDOFF: [each.satisfaction for each in handoffs if _within(each.requested_at, span)],
            RatingSource.ORDER: [each.satisfaction for each in self._orders(span, None)],
        }
        return tuple(
            GradeCount(source, step, grades.count(step)) for source, grades in given.items() for step in Satisfaction if step in grades
        )

    def resolved(self, span: Span) -> tuple[DayCount, ...]:
        said = [each for each in self._records.surveys.responses.values() if each.resolved and _within(each.at, span)]
        return _counted((_day(each.at), each.resolved) for each in said)

    def order_classes(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        return _counted((_day(each.created_at), next(iter(each.content.class_path), "")) for each in self._orders(span, regions))

    def order_terms(self, span: Span, regions: Regions = None) -> tuple[OrderTerm, ...]:
        return tuple(_term(each) for each in sorted(self._orders(span, regions), key=lambda order: order.number))

    def sent_back(self, span: Span) -> tuple[DayCount, ...]:
        """Who led it before the move, as the store noted."""
        orders = self._records.orders
        return _counted(
            (_day(move.at), orders.leads[order.number, place])
            for order in orders._orders.values()
            for place, move in enumerate(order.history)
            if move.action is OrderAction.SEND_BACK and _within(move.at, span)
        )

    def _answers(self, span: Span, regions: Regions) -> list[AnswerRecord]:
        fitting = [each for each in self._records.answers if _within(each.question.asked_at, span)]
        return [each for each in fitting if regions is None or (each.question.jurisdiction or "") in regions]

    def _orders(self, span: Span, regions: Regions) -> list[WorkOrder]:
        fitting = [each for each in self._records.orders._orders.values() if _within(each.created_at, span)]
        return [each for each in fitting if regions is None or each.content.jurisdiction in regions]


class MemoryMessageStore:
    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    def unanswered(
        self, first: date, statuses: Collection[AnswerStatus], said: Collection[FeedbackKind], limit: int
    ) -> tuple[Message, ...]:
        doubted = {name: kind.value for name, kind, at in self._records.feedback if kind in said and _day(at) >= first}
        found = [each for each in self._records.answers if each.answer.status in statuses or each.answer_id in doubted]
        return _newest([_question(each, doubted.get(each.answer_id) or each.answer.status.value) for each in found], first, limit)

    def voiced(self, first: date, statuses: Collection[AnswerStatus], limit: int) -> tuple[Message, ...]:
        asked = [_question(each, "question") for each in self._records.answers if each.answer.status in statuses]
        return _newest([*asked, *map(_order, self._records.orders._orders.values())], first, limit)


def _newest(messages: list[Message], first: date, limit: int) -> tuple[Message, ...]:
    since = [each for each in messages if _day(each.at) >= first]
    return tuple(sorted(since, key=lambda each: (each.at, each.id), reverse=True)[:limit])


def _question(record: AnswerRecord, why: str) -> Message:
    asked = record.question
    return Message(
        record.answer_id, record.standalone_text, "", asked.asked_at, why, asked.jurisdiction or "", group=record.conversation_id
    )


def _order(order: WorkOrder) -> Message:
    content = order.content
    voice = order.caller.phone_digest or order.number
    return Message(
        order.number, content.title, content.content, order.created_at, "order", content.jurisdiction, content.place, group=voice
    )


def _term(order: WorkOrder) -> OrderTerm:
    replies = [move.at for move in order.history if move.action is OrderAction.REPLY]
    replied = _day(max(replies)) if replies and order.state in _ANSWERED else None
    department = "" if order.state is OrderState.ACCEPTED else order.content.lead_department_id
    return OrderTerm(order.number, department, _day(order.created_at), order.deadline.due_on, replied)


def _counted(names: Iterable[tuple[date, str]]) -> tuple[DayCount, ...]:
    return tuple(DayCount(day, name, number) for (day, name), number in sorted(Counter(names).items()))


def _ranked(times: list[float], percent: int) -> float:
    return sorted(times)[(len(times) * percent + 99) // 100 - 1]


def _within(moment: datetime, span: Span) -> bool:
    return span.first <= _day(moment) <= span.last


def _day(moment: datetime) -> date:
    return moment.astimezone(CHINA_TIME).date()
