"""Figures: every day stands in the table, shares are of what can be shared, nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from assistant.answer_status import AnswerStatus
from assistant.hotline.models import OrderAction, OrderState, Satisfaction
from assistant.insight.assembly import Insight
from assistant.insight.headlines import headlines
from assistant.insight.models import Span
from assistant.insight.rules import load_insight_rules
from assistant.insight.sheets import ChartKind, Sheet
from assistant.models import FeedbackKind
from assistant.surveys.models import SurveyResponse, SurveySubject
from tests.factories import a_department, a_guide, a_moment, a_revision, an_answer, an_answer_record
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.desk_senses import FirstDepartmentRouter
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore
from tests.fakes.figure_store import MemoryRecords
from tests.fakes.handoff_store import MemoryHandoffStore
from tests.fakes.insight import memory_insight
from tests.fakes.survey_store import MemorySurveyStore
from tests.fakes.work_order_store import MemoryWorkOrderStore
from tests.hotline_factories import a_move, an_order

DAY = date(2026, 11, 16)
SPAN = Span(DAY, DAY + timedelta(days=6))
NOON = a_moment(DAY, 4)


@pytest.fixture
def records() -> MemoryRecords:
    return MemoryRecords(MemoryConversationStore(), MemoryHandoffStore(), MemoryWorkOrderStore(), MemorySurveyStore())


@pytest.fixture
def insight(records: MemoryRecords) -> Insight:
    documents, departments = MemoryDocumentStore(), MemoryDepartmentStore([a_department()])
    documents.add(a_revision(topics=("户籍",)))
    guides = MemoryGuideStore([a_guide()])
    router = FirstDepartmentRouter(departments)
    clock = lambda: a_moment(SPAN.last, 4)  # noqa: E731 - reads best at the call
    return memory_insight(records, guides, documents, departments, lambda: router, str, clock)


def ask(
    records: MemoryRecords, name: str, status: AnswerStatus = AnswerStatus.ANSWERED, subjects: tuple[str, ...] = (), day: int = 0
) -> None:
    records.conversations.save(
        an_answer_record(name, f"c-{name}", asked_at=NOON + timedelta(days=day), answer=an_answer(status), subjects=subjects)
    )


def row(sheet: Sheet, name: object) -> dict[str, object]:
    return next(dict(zip(sheet.columns, each, strict=True)) for each in sheet.rows if each[0] == name)


def test_every_ending_belongs_to_exactly_one_group() -> None:
    groups = load_insight_rules().groups
    counted = [status for group in groups for status in group.statuses]
    assert sorted(counted) == sorted(AnswerStatus)


def test_every_rule_of_the_file_is_used() -> None:
    rules = load_insight_rules()
    assert rules.spans == (7, 30, 90)
    assert rules.steps["total"]
    for kind in (rules.unanswered, rules.hot_issues):
        weights = kind.likeness
        assert weights.meaning + weights.characters + weights.words == pytest.approx(1)
        assert 0 < weights.at_least < 1
    assert set(rules.unanswered.feedback) == {FeedbackKind.WRONG, FeedbackKind.NOT_HELPFUL}
    assert rules.group_of("of_a_later_version") is rules.groups[-1]


def test_a_day_without_questions_stands_in_the_table_as_well(records: MemoryRecords, insight: Insight) -> None:
    for number, status in enumerate((AnswerStatus.ANSWERED, AnswerStatus.NO_EVIDENCE, AnswerStatus.GREETING, AnswerStatus.FAILED)):
        ask(records, f"a-{number}", status)
    sheet = insight.figures.endings(SPAN)
    assert [each[0] for each in sheet.rows] == list(SPAN.each())
    first = row(sheet, DAY)
    assert [first[name] for name in ("提问", "已答复", "没有依据，未答", "转人工", "不需检索", "系统未能处理")] == [4, 1, 1, 0, 1, 1]
    assert row(sheet, SPAN.last)["提问"] == 0


def test_what_a_chart_draws_are_columns_of_its_table(insight: Insight) -> None:
    figures = insight.figures
    sheets = [
        figures.endings(SPAN),
        figures.question_topics(SPAN),
        figures.order_classes(SPAN),
        figures.latency(SPAN),
        figures.feedback(SPAN),
    ]
    sheets += [figures.handoffs(SPAN), figures.satisfaction(SPAN), figures.resolved(SPAN), figures.departments(SPAN)]
    assert len({sheet.id for sheet in sheets}) == len(sheets)
    for sheet in sheets:
        assert sheet.is_empty
        assert all(0 < place < len(sheet.columns) for place in sheet.drawn)
        assert all(len(each) == len(sheet.columns) for each in sheet.rows)
        assert bool(sheet.drawn) == (sheet.chart is not ChartKind.NONE) or not sheet.columns[1:]


def test_topics_are_those_of_the_guide_or_policy_cited_and_else_its_title(records: MemoryRecords, insight: Insight) -> None:
    for name, subject in (
        ("a-1", "居住证首次申领"),
        ("a-2", "示范市居住证管理办法"),
        ("a-3", "某个没有主题的文件"),
        ("a-4", "居住证首次申领"),
    ):
        ask(records, name, subjects=(subject,))
    sheet = insight.figures.question_topics(SPAN)
    assert sheet.columns[1:] == ("居住证", "户籍", "某个没有主题的文件")
    assert row(sheet, DAY)["居住证"] == 2


def test_rare_topics_stand_together(records: MemoryRecords, insight: Insight) -> None:
    shown = insight.rules.shown_topics
    for number in range(shown + 2):
        for again in range(2 if number < shown else 1):
            ask(records, f"a-{number}-{again}", subjects=(f"主题{number}",))
    sheet = insight.figures.question_topics(SPAN)
    assert sheet.columns[-1] == "其他"
    assert row(sheet, DAY)["其他"] == 2
    assert len(sheet.drawn) == shown


def test_a_long_span_is_counted_by_weeks_and_loses_nothing(records: MemoryRecords, insight: Insight) -> None:
    for day in range(30):
        ask(records, f"a-{day}", subjects=("居住证首次申领",), day=day)
    sheet = insight.figures.question_topics(Span(DAY, DAY + timedelta(days=29)))
    assert [each[1] for each in sheet.rows] == [7, 7, 7, 7, 2]


def an_order_replied(records: MemoryRecords, number: str, due_in: int, replied_in: int | None) -> None:
    order = an_order(number, created_at=NOON, due_on=DAY + timedelta(days=due_in), state=OrderState.IN_PROGRESS)
    records.orders.add(order)
    if replied_in is not None:
        reply = a_move(OrderAction.REPLY, OrderState.REPLIED, at=NOON + timedelta(days=replied_in))
        records.orders.save(replace(order, version=2, state=OrderState.REPLIED, history=(*order.history, reply)))


def test_deadlines_are_kept_missed_or_still_ahead(records: MemoryRecords, insight: Insight) -> None:
    for number, (due_in, replied_in) in enumerate(((2, 2), (2, 3), (3, None), (30, None))):
        an_order_replied(records, f"GD-{number}", due_in, replied_in)
    found = row(insight.figures.departments(SPAN), "示范市公安局")
    assert [found[name] for name in ("办件", "按期答复", "逾期答复", "逾期未答复", "未到期")] == [4, 1, 1, 1, 1]
    assert found["按期率（%）"] == pytest.approx(33.3)
    assert found["平均工作日"] == 2.5


def test_what_was_never_dispatched_stands_last(records: MemoryRecords, insight: Insight) -> None:
    records.orders.add(an_order("GD-1", created_at=NOON))
    an_order_replied(records, "GD-2", 5, None)
    assert [each[0] for each in insight.figures.departments(SPAN).rows] == ["示范市公安局", "尚未派单"]


def test_satisfaction_counts_each_source_by_itself(records: MemoryRecords, insight: Insight) -> None:
    for number, grade in enumerate((Satisfaction.SATISFIED, Satisfaction.FAIR, Satisfaction.DISSATISFIED)):
        records.surveys.add(SurveyResponse(SurveySubject.CONVERSATION, f"c-{number}", 1, grade, "yes", "", "", NOON))
    sheet = insight.figures.satisfaction(SPAN)
    assert row(sheet, "对话问卷")["满意率（%）"] == pytest.approx(66.7)
    assert row(sheet, "工单回访")["满意率（%）"] is None
    assert row(insight.figures.resolved(SPAN), "解决了")["份数"] == 3


def test_headlines_stand_beside_the_span_before(records: MemoryRecords, insight: Insight) -> None:
    for name, status, day in (("a-1", AnswerStatus.ANSWERED, 0), ("a-2", AnswerStatus.NO_EVIDENCE, 0), ("b-1", AnswerStatus.ANSWERED, -3)):
        ask(records, name, status, day=day)
    shown = {headline.label: (headline.now, headline.before) for headline in headlines(insight.figures, SPAN)}
    assert shown["提问"] == ("2", "1")
    assert shown["有依据的比例"] == ("50.0%", "100.0%")
    assert shown["满意率"] == ("—", "—")
