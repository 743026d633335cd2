"""What every FigureStore and MessageStore promises, on SQLite, on PostgreSQL and on the fakes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from assistant.adapters.sql import (
    SqlConversationStore,
    SqlFigureStore,
    SqlHandoffStore,
    SqlMessageStore,
    SqlSurveyStore,
    SqlWorkOrderStore,
    prepare_conversations,
)
from assistant.answer_status import AnswerStatus
from assistant.handoff.models import Handoff, HandoffState
from assistant.handoff.ports import HandoffStore
from assistant.hotline.models import OrderAction, OrderState, Satisfaction, WorkOrder
from assistant.hotline.ports import WorkOrderStore
from assistant.insight.models import DayCount, DayLatency, GradeCount, OrderTerm, RatingSource, Span
from assistant.insight.ports import FigureStore, MessageStore
from assistant.models import FeedbackKind
from assistant.ports import ConversationStore
from assistant.surveys.models import SurveyResponse, SurveySubject
from assistant.surveys.ports import SurveyStore
from tests.conftest import STORE_KINDS
from tests.factories import an_answer, an_answer_record
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.figure_store import MemoryFigureStore, MemoryMessageStore, MemoryRecords
from tests.fakes.handoff_store import MemoryHandoffStore
from tests.fakes.survey_store import MemorySurveyStore
from tests.fakes.work_order_store import MemoryWorkOrderStore
from tests.hotline_factories import a_caller, a_move, an_order

DAY = date(2026, 11, 20)
SPAN = Span(DAY, DAY + timedelta(days=2))
LATE_ON_THE_DAY_BEFORE = datetime(2026, 11, 19, 15, 59, tzinfo=UTC)
"""One minute before the span begins in China."""
FIRST_MINUTE = LATE_ON_THE_DAY_BEFORE + timedelta(minutes=1)
LAST_MINUTE = FIRST_MINUTE + timedelta(days=3, minutes=-1)


@dataclass
class Stores:
    conversations: ConversationStore
    handoffs: HandoffStore
    orders: WorkOrderStore
    surveys: SurveyStore
    figures: FigureStore
    messages: MessageStore

    def ask(self, name: str, at: datetime = FIRST_MINUTE, status: AnswerStatus = AnswerStatus.ANSWERED, **fields: object) -> None:
        text, region = str(fields.pop("text", "居住证怎么办？")), fields.pop("region", "990102")
        record = an_answer_record(name, str(fields.pop("conversation", "c-1")), text, at, an_answer(status))
        question = replace(record.question, jurisdiction=region)  # type: ignore[arg-type]
        self.conversations.save(replace(record, question=question, **fields))  # type: ignore[arg-type]


@pytest.fixture(params=STORE_KINDS)
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        records = MemoryRecords(MemoryConversationStore(), MemoryHandoffStore(), MemoryWorkOrderStore(), MemorySurveyStore())
        figures, messages = MemoryFigureStore(records), MemoryMessageStore(records)
        return Stores(records.conversations, records.handoffs, records.orders, records.surveys, figures, messages)
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    written = (SqlConversationStore(engine), SqlHandoffStore(engine), SqlWorkOrderStore(engine), SqlSurveyStore(engine))
    return Stores(*written, SqlFigureStore(engine), SqlMessageStore(engine))


def moved(stores: Stores, order: WorkOrder, action: OrderAction, at: datetime, **fields: object) -> WorkOrder:
    """The order after one more move, stored."""
    state = fields.get("state", order.state)
    history = (*order.history, a_move(action, state, at=at))  # type: ignore[arg-type]
    changed = replace(order, version=order.version + 1, history=history, **fields)  # type: ignore[arg-type]
    stores.orders.save(changed)
    return changed


def led_by(order: WorkOrder, department_id: str) -> dict[str, object]:
    return {"content": replace(order.content, lead_department_id=department_id)}


def test_days_are_those_in_china(stores: Stores) -> None:
    for number, at in enumerate((LATE_ON_THE_DAY_BEFORE, FIRST_MINUTE, LAST_MINUTE, LAST_MINUTE + timedelta(minutes=1))):
        stores.ask(f"a-{number}", at)
    assert stores.figures.endings(SPAN) == (DayCount(DAY, "answered", 1), DayCount(SPAN.last, "answered", 1))


def test_endings_are_counted_by_day_status_and_region(stores: Stores) -> None:
    for number, (status, region) in enumerate(
        ((AnswerStatus.ANSWERED, "990102"), (AnswerStatus.NO_EVIDENCE, "990103"), (AnswerStatus.NO_EVIDENCE, None))
    ):
        stores.ask(f"a-{number}", status=status, region=region)
    assert stores.figures.endings(SPAN) == (DayCount(DAY, "answered", 1), DayCount(DAY, "no_evidence", 2))
    assert stores.figures.endings(SPAN, {"990103", "990104"}) == (DayCount(DAY, "no_evidence", 1),)
    assert stores.figures.endings(SPAN, set()) == ()


def test_an_answer_saved_again_is_counted_once_as_it_ends_now(stores: Stores) -> None:
    for status in (AnswerStatus.AWAITING_RELEASE, AnswerStatus.ANSWERED):
        stores.ask("a-1", status=status)
    assert stores.figures.endings(SPAN) == (DayCount(DAY, "answered", 1),)
    assert [day.answers for day in stores.figures.latencies(SPAN)] == [1]


def test_what_answers_rest_on_is_counted_by_the_first_title(stores: Stores) -> None:
    for number, subjects in enumerate((("居住证", "收费目录"), ("居住证",), ())):
        stores.ask(f"a-{number}", subjects=subjects)
    assert stores.figures.subjects(SPAN) == (DayCount(DAY, "居住证", 2),)


def test_latencies_are_nearest_ranks_of_each_day(stores: Stores) -> None:
    for number in range(20):
        stores.ask(f"a-{number}", timings_ms={"composer": float(number + 1), "checker": 1.0})
    stores.ask("b-1", LAST_MINUTE, timings_ms={"checker": 7.0})
    assert stores.figures.latencies(SPAN, "composer") == (DayLatency(DAY, 20, 10.0, 19.0),)
    assert stores.figures.latencies(SPAN) == (DayLatency(DAY, 20, 11.0, 20.0), DayLatency(SPAN.last, 1, 7.0, 7.0))
    assert stores.figures.latencies(SPAN, "nothing") == ()


def test_feedback_is_counted_by_the_day_it_was_given(stores: Stores) -> None:
    stores.ask("a-1")
    for kind, at in ((FeedbackKind.HELPFUL, FIRST_MINUTE), (FeedbackKind.HELPFUL, LAST_MINUTE), (FeedbackKind.WRONG, LAST_MINUTE)):
        stores.conversations.add_feedback("a-1", kind, "", at)
    stores.conversations.add_feedback("a-1", FeedbackKind.HELPFUL, "", LATE_ON_THE_DAY_BEFORE)
    expected = (DayCount(DAY, "helpful", 1), DayCount(SPAN.last, "helpful", 1), DayCount(SPAN.last, "wrong", 1))
    assert stores.figures.feedback(SPAN) == expected


def a_handoff(name: str, state: HandoffState, at: datetime = FIRST_MINUTE, grade: Satisfaction | None = None) -> Handoff:
    return Handoff(name, 1, f"c-{name}", "a-1", "digest", "", None, state, at, satisfaction=grade)


def test_handoffs_are_counted_by_the_state_they_are_in(stores: Stores) -> None:
    for name, state in (("h-1", HandoffState.CLOSED), ("h-2", HandoffState.CLOSED), ("h-3", HandoffState.WAITING)):
        stores.handoffs.add(a_handoff(name, state))
    stores.handoffs.add(a_handoff("h-4", HandoffState.CLOSED, LATE_ON_THE_DAY_BEFORE))
    assert stores.figures.handoffs(SPAN) == (DayCount(DAY, "closed", 2), DayCount(DAY, "waiting", 1))


def test_grades_come_from_surveys_handoffs_and_orders_and_each_only_once(stores: Stores) -> None:
    for subject in SurveySubject:
        stores.surveys.add(SurveyResponse(subject, "x-1", 1, Satisfaction.FAIR, "no", "", "", FIRST_MINUTE))
    stores.handoffs.add(a_handoff("h-1", HandoffState.CLOSED, grade=Satisfaction.SATISFIED))
    stores.handoffs.add(a_handoff("h-2", HandoffState.CLOSED))
    stores.orders.add(an_order(created_at=FIRST_MINUTE, fields={"satisfaction": Satisfaction.DISSATISFIED}))
    assert stores.figures.grades(SPAN) == (
        GradeCount(RatingSource.CONVERSATION, Satisfaction.FAIR, 1),
        GradeCount(RatingSource.HANDOFF, Satisfaction.SATISFIED, 1),
        GradeCount(RatingSource.ORDER, Satisfaction.DISSATISFIED, 1),
    )
    assert stores.figures.resolved(SPAN) == (DayCount(DAY, "no", 3),)


def test_a_handoff_rated_later_is_counted(stores: Stores) -> None:
    closed = a_handoff("h-1", HandoffState.CLOSED)
    stores.handoffs.add(closed)
    stores.handoffs.save(replace(closed, version=2, satisfaction=Satisfaction.SATISFIED))
    assert stores.figures.grades(SPAN) == (GradeCount(RatingSource.HANDOFF, Satisfaction.SATISFIED, 1),)


def test_orders_are_counted_by_their_first_class(stores: Stores) -> None:
    for number, path in enumerate((("城乡建设", "噪声"), ("城乡建设",), ())):
        order = an_order(f"GD-{number}", created_at=FIRST_MINUTE, class_path=path, jurisdiction="990102" if path else "990103")
        stores.orders.add(order)
    assert stores.figures.order_classes(SPAN) == (DayCount(DAY, "", 1), DayCount(DAY, "城乡建设", 2))
    assert stores.figures.order_classes(SPAN, {"990103"}) == (DayCount(DAY, "", 1),)


def test_an_order_is_due_and_replied_to_on_days(stores: Stores) -> None:
    order = an_order("GD-1", created_at=FIRST_MINUTE, due_on=date(2026, 11, 25))
    stores.orders.add(order)
    assert stores.figures.order_terms(SPAN) == (OrderTerm("GD-1", "", DAY, date(2026, 11, 25), None),)
    order = moved(stores, order, OrderAction.DISPATCH, FIRST_MINUTE, state=OrderState.DISPATCHED, **led_by(order, "dept-b"))
    order = moved(stores, order, OrderAction.REPLY, LAST_MINUTE, state=OrderState.REPLIED)
    assert stores.figures.order_terms(SPAN) == (OrderTerm("GD-1", "dept-b", DAY, date(2026, 11, 25), SPAN.last),)
    moved(stores, order, OrderAction.REOPEN, LAST_MINUTE, state=OrderState.IN_PROGRESS)
    assert stores.figures.order_terms(SPAN) == (OrderTerm("GD-1", "dept-b", DAY, date(2026, 11, 25), None),)


def test_what_was_sent_back_counts_for_whom_it_was_dispatched_to(stores: Stores) -> None:
    order = an_order("GD-1", created_at=FIRST_MINUTE)
    stores.orders.add(order)
    for department, better in (("dept-a", "dept-b"), ("dept-b", "")):
        order = moved(stores, order, OrderAction.DISPATCH, FIRST_MINUTE, state=OrderState.DISPATCHED, **led_by(order, department))
        order = moved(stores, order, OrderAction.SEND_BACK, LAST_MINUTE, state=OrderState.ACCEPTED, **led_by(order, better))
    assert stores.figures.sent_back(SPAN) == (DayCount(SPAN.last, "dept-a", 1), DayCount(SPAN.last, "dept-b", 1))


def test_nothing_stored_counts_nothing(stores: Stores) -> None:
    figures = stores.figures
    counts = (figures.endings, figures.subjects, figures.latencies, figures.feedback, figures.handoffs, figures.grades)
    assert [count(SPAN) for count in (*counts, figures.resolved, figures.order_classes, figures.order_terms, figures.sent_back)] == [
        ()
    ] * 10


def test_unanswered_are_those_that_ended_so_and_those_somebody_doubts(stores: Stores) -> None:
    endings = {
        "a-1": AnswerStatus.NO_EVIDENCE,
        "a-2": AnswerStatus.ANSWERED,
        "a-3": AnswerStatus.ANSWERED,
        "a-4": AnswerStatus.CHECK_FAILED,
    }
    for hour, (name, status) in enumerate(endings.items()):
        stores.ask(name, FIRST_MINUTE + timedelta(hours=hour), status, text=f"问题{name}", conversation=f"c-{name}")
    for kind in (FeedbackKind.NOT_HELPFUL, FeedbackKind.WRONG):
        stores.conversations.add_feedback("a-2", kind, "", FIRST_MINUTE)
    stores.conversations.add_feedback("a-3", FeedbackKind.HELPFUL, "", FIRST_MINUTE)
    wanted = (AnswerStatus.NO_EVIDENCE, AnswerStatus.CHECK_FAILED), (FeedbackKind.WRONG, FeedbackKind.NOT_HELPFUL)
    found = stores.messages.unanswered(DAY, *wanted, 10)
    assert [(each.id, each.why) for each in found] == [("a-4", "check_failed"), ("a-2", "wrong"), ("a-1", "no_evidence")]
    assert (found[2].title, found[2].jurisdiction, found[2].group, found[2].at) == ("问题a-1", "990102", "c-a-1", FIRST_MINUTE)
    assert [each.id for each in stores.messages.unanswered(DAY, *wanted, 1)] == ["a-4"]
    assert stores.messages.unanswered(DAY + timedelta(days=1), *wanted, 10) == ()


def test_voices_are_orders_and_questions_about_a_matter(stores: Stores) -> None:
    stores.ask("a-1", FIRST_MINUTE)
    stores.ask("a-2", FIRST_MINUTE, AnswerStatus.GREETING)
    stores.orders.add(an_order("GD-1", created_at=LAST_MINUTE))
    stores.orders.add(an_order("GD-2", created_at=LATE_ON_THE_DAY_BEFORE, caller=a_caller(phone_digest="")))
    found = stores.messages.voiced(DAY, (AnswerStatus.ANSWERED,), 10)
    assert [(each.id, each.why, each.group) for each in found] == [("GD-1", "order", "digest-of-13800005678"), ("a-1", "question", "c-1")]
    assert (found[0].title, found[0].place) == ("幸福路夜间施工噪声扰民", "明德区幸福路口")
    everything = stores.messages.voiced(DAY - timedelta(days=1), (AnswerStatus.ANSWERED,), 10)
    assert [(each.id, each.group) for each in everything][-1] == ("GD-2", "GD-2")
    assert [each.id for each in stores.messages.voiced(DAY, (AnswerStatus.ANSWERED,), 1)] == ["GD-1"]
