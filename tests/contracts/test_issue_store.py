"""What every IssueStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.adapters.sql import SqlIssueStore, prepare_conversations
from assistant.insight.models import Issue, IssueKind, IssueMark, IssueReport, IssueText, MarkState, Span
from assistant.insight.ports import IssueStore
from tests.conftest import STORE_KINDS
from tests.factories import a_moment
from tests.fakes.issue_store import MemoryIssueStore

A_REPORT = IssueReport(
    IssueKind.UNANSWERED,
    a_moment(),
    Span(date(2024, 5, 3), date(2024, 6, 1)),
    messages=3,
    left_out=0,
    seconds=0.4,
    issues=(
        Issue(
            id="a-1",
            texts=(IssueText("a-1", "养狗要办证吗？", date(2024, 5, 30), "no_evidence", "990102"),),
            ids=("a-1", "a-2", "a-3"),
            first_on=date(2024, 5, 30),
            last_on=date(2024, 6, 1),
            supports=2,
            places=(("和平路", 2),),
            department_id="dept-police",
            department="示范市公安局",
            answered_now="answered",
            why=(("no_evidence", 2), ("wrong", 1)),
        ),
    ),
)


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> IssueStore:
    if request.param == "memory":
        return MemoryIssueStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlIssueStore(engine)


def a_mark(answer_id: str, state: MarkState = MarkState.DONE, reason: str = "已写指南") -> IssueMark:
    return IssueMark(answer_id, state, "zhang.san", reason, a_moment())


def test_the_newest_report_of_each_kind_comes_back_exactly(store: IssueStore) -> None:
    hot = replace(A_REPORT, kind=IssueKind.HOT, issues=())
    for report in (A_REPORT, hot, replace(A_REPORT, messages=9)):
        store.keep(report)
    assert store.report(IssueKind.UNANSWERED) == replace(A_REPORT, messages=9)
    assert store.report(IssueKind.HOT) == hot


def test_there_is_no_report_before_the_first(store: IssueStore) -> None:
    assert store.report(IssueKind.HOT) is None


def test_a_decision_is_remembered_by_its_questions_and_the_last_counts(store: IssueStore) -> None:
    store.mark([a_mark(f"a-{number}") for number in range(1200)])
    store.mark([a_mark("a-7", MarkState.IGNORED, "不归本市")])
    found = store.marks({"a-7", "a-8", "b-1"})
    assert found == {"a-7": a_mark("a-7", MarkState.IGNORED, "不归本市"), "a-8": a_mark("a-8")}


def test_a_decision_can_be_taken_back(store: IssueStore) -> None:
    store.mark([a_mark("a-1"), a_mark("a-2")])
    store.unmark({"a-1", "a-9"})
    assert set(store.marks({"a-1", "a-2"})) == {"a-2"}


def test_no_questions_have_no_decisions(store: IssueStore) -> None:
    store.mark([])
    store.unmark(set())
    assert store.marks(set()) == {}
