"""Unanswered questions and hot issues: what is put together, what was decided, what has an answer by now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from assistant.answer_status import AnswerStatus
from assistant.insight.asking_again import ForgetfulConversations
from assistant.insight.assembly import Insight
from assistant.insight.errors import ReasonMissing, UnknownIssue
from assistant.insight.models import IssueKind, MarkState
from assistant.models import FeedbackKind
from tests.factories import a_department, a_guide, an_answer, an_answer_record
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.desk_senses import FirstDepartmentRouter
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore
from tests.fakes.figure_store import MemoryRecords
from tests.fakes.handoff_store import MemoryHandoffStore
from tests.fakes.insight import memory_insight
from tests.fakes.survey_store import MemorySurveyStore
from tests.fakes.work_order_store import MemoryWorkOrderStore
from tests.hotline_factories import a_caller, an_order

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
UNANSWERED, HOT = IssueKind.UNANSWERED, IssueKind.HOT


@pytest.fixture
def records() -> MemoryRecords:
    return MemoryRecords(MemoryConversationStore(), MemoryHandoffStore(), MemoryWorkOrderStore(), MemorySurveyStore())


@pytest.fixture
def insight_at(records: MemoryRecords) -> Callable[..., Insight]:
    departments = MemoryDepartmentStore([a_department()])

    def make(now: datetime = NOW, answers_now: frozenset[str] = frozenset()) -> Insight:
        router, guides, documents = FirstDepartmentRouter(departments), MemoryGuideStore([a_guide()]), MemoryDocumentStore()
        mask = lambda text: text.replace("13800138000", "【手机号】")  # noqa: E731 - reads best at the call
        return memory_insight(records, guides, documents, departments, lambda: router, mask, lambda: now, answers_now)

    return make


def ask(records: MemoryRecords, name: str, text: str, days_ago: int = 0, status: AnswerStatus = AnswerStatus.NO_EVIDENCE) -> None:
    asked_at = NOW - timedelta(days=days_ago)
    records.conversations.save(an_answer_record(name, f"c-{name}", text, asked_at, an_answer(status), ()))


def ask_about_pets(records: MemoryRecords) -> None:
    for number, text in enumerate(("养宠物狗要办证吗", "养宠物狗办证去哪", "养宠物狗要办证吗")):
        ask(records, f"a-{number}", text, days_ago=number)
    ask(records, "b-1", "露营地怎么收费")


def test_wordings_of_one_matter_are_one_issue(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    ask_about_pets(records)
    report = insight_at().finder.find(UNANSWERED)
    first, second = report.issues
    assert (report.messages, first.count, second.count) == (4, 3, 1)
    assert (first.first_on.day, first.last_on.day, first.id) == (20, 22, "a-2")
    assert [text.text for text in first.texts] == ["养宠物狗要办证吗", "养宠物狗办证去哪"]
    assert (first.department_id, first.why) == ("dept-police", (("no_evidence", 3),))
    assert (first.answered_now, first.supports) == ("no_evidence", 3)


def test_what_was_answered_and_what_is_old_is_not_among_them(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    ask(records, "a-1", "养狗要办证吗", status=AnswerStatus.ANSWERED)
    ask(records, "a-2", "养狗要办证吗", days_ago=40)
    ask(records, "a-3", "居住证要多少钱", status=AnswerStatus.ANSWERED)
    records.conversations.add_feedback("a-3", FeedbackKind.WRONG, "", NOW)
    assert [issue.why for issue in insight_at().finder.find(UNANSWERED).issues] == [(("wrong", 1),)]


def test_an_issue_says_when_a_later_guide_answers_it(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    ask_about_pets(records)
    insight = insight_at(answers_now=frozenset({"宠物狗"}))
    insight.finder.find(UNANSWERED)
    assert [(view.has_answer, view.answered_now) for view in insight.board.views(UNANSWERED)] == [
        (True, "已依据办事指南答复"),
        (False, "没有找到依据"),
    ]


def test_a_decision_holds_until_somebody_asks_again(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    ask_about_pets(records)
    insight = insight_at()
    insight.finder.find(UNANSWERED)
    insight.board.decide(UNANSWERED, "a-2", MarkState.DONE, "zhang.san", "已请公安局答复，联系13800138000")
    view = insight.board.view(UNANSWERED, "a-2")
    assert not view.is_open
    assert view.mark is not None
    assert (view.mark.by, view.mark.reason) == ("zhang.san", "已请公安局答复，联系【手机号】")
    ask(records, "a-9", "养宠物狗要办证吗")
    insight.finder.find(UNANSWERED)
    again = insight.board.view(UNANSWERED, "a-2")
    assert (again.is_open, again.undecided, again.issue.count) == (True, 1, 4)


def test_a_decision_needs_a_reason_and_can_be_taken_back(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    ask_about_pets(records)
    insight = insight_at()
    insight.finder.find(UNANSWERED)
    with pytest.raises(ReasonMissing, match="理由"):
        insight.board.decide(UNANSWERED, "b-1", MarkState.IGNORED, "zhang.san", "  ")
    insight.board.decide(UNANSWERED, "b-1", MarkState.IGNORED, "zhang.san", "不归政府管")
    insight.board.take_up_again(UNANSWERED, "b-1")
    assert insight.board.view(UNANSWERED, "b-1").is_open


def test_an_issue_that_is_gone_says_so(insight_at: Callable[..., Insight]) -> None:
    board = insight_at().board
    with pytest.raises(UnknownIssue, match="重新归并"):
        board.view(UNANSWERED, "a-1")
    assert board.views(UNANSWERED) == ()


def test_one_question_can_be_asked_again_at_once(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    ask_about_pets(records)
    insight = insight_at()
    insight.finder.find(UNANSWERED)
    assert insight.board.check("a-2") is AnswerStatus.NO_EVIDENCE
    assert insight.board.view(UNANSWERED, "a-2").issue.answered_now == "no_evidence"


def test_asking_again_keeps_nothing(records: MemoryRecords) -> None:
    store = ForgetfulConversations()
    store.save(an_answer_record("a-1"))
    assert (store.get("a-1"), store.last_turns("c-1"), store.records_of("c-1")) == (None, (), ())
    assert records.answers == []


def an_order_about(records: MemoryRecords, number: int, days_ago: int, caller: str = "") -> None:
    created = NOW - timedelta(days=days_ago)
    records.orders.add(an_order(f"GD-{number}", created_at=created, caller=a_caller(phone_digest=caller or f"p-{number}")))


def test_hot_issues_are_compared_with_the_span_before(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    for number, days_ago in enumerate((1, 2, 3, 29, 30, 35, 70)):
        an_order_about(records, number, days_ago, "p-1" if number < 2 else "")
    report = insight_at().finder.find(HOT)
    (issue,) = report.issues
    assert (issue.count, issue.before, issue.growth) == (4, 2, 2)
    assert (issue.supports, issue.places) == (3, (("明德区幸福路口", 4),))
    assert report.messages == 4


def test_what_only_two_wrote_is_not_hot_and_greetings_never_are(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    for number in range(2):
        an_order_about(records, number, 1)
    for number in range(5):
        ask(records, f"a-{number}", "你好", status=AnswerStatus.GREETING)
        ask(records, f"h-{number}", "转人工", status=AnswerStatus.HANDOFF_REQUESTED)
    assert insight_at().finder.find(HOT).issues == ()


def test_once_a_night_it_is_due(records: MemoryRecords, insight_at: Callable[..., Insight]) -> None:
    insight = insight_at()
    assert insight.finder.is_due()
    for kind in IssueKind:
        insight.finder.find(kind)
    assert not insight.finder.is_due()
    later = {hours: insight_at(NOW + timedelta(hours=hours)) for hours in (13, 15)}
    for each in later.values():
        each.board.issues.keep(insight.board.report(UNANSWERED))
        each.board.issues.keep(insight.board.report(HOT))
    # Noon in China: the night after begins 14 hours later.
    assert {hours: each.finder.is_due() for hours, each in later.items()} == {13: False, 15: True}
