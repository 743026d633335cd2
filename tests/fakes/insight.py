"""Insight and surveys over the stores in memory."""

from __future__ import annotations

from collections.abc import Callable

from assistant.answer_status import AnswerStatus
from assistant.insight.assembly import Insight
from assistant.insight.figures import Figures
from assistant.insight.issue_board import IssueBoard
from assistant.insight.issue_finder import IssueFinder
from assistant.insight.rules import load_insight_rules
from assistant.insight.topics import TopicFinder
from assistant.models import CHINA_TIME
from assistant.routing import DepartmentRouter
from assistant.surveys.questionnaire import load_questionnaire
from assistant.surveys.survey_desk import SurveyDesk
from knowledge_base.ports import Clock, DepartmentStore, DocumentStore, GuideStore
from tests.fakes.figure_store import MemoryFigureStore, MemoryMessageStore, MemoryRecords
from tests.fakes.issue_store import CharacterClusterer, MemoryIssueStore
from tests.fakes.working_calendar import WeekdayCalendar


def memory_insight(
    records: MemoryRecords,
    guides: GuideStore,
    documents: DocumentStore,
    departments: DepartmentStore,
    router: Callable[[], DepartmentRouter],
    mask: Callable[[str], str],
    clock: Clock,
    answers_now: frozenset[str] = frozenset(),
) -> Insight:
    """Asked again, a question with a word of `answers_now` is answered; any other still is not."""

    def ask_again(question: str, _jurisdiction: str) -> AnswerStatus:
        return AnswerStatus.ANSWERED_FROM_GUIDE if any(word in question for word in answers_now) else AnswerStatus.NO_EVIDENCE

    rules, issues = load_insight_rules(), MemoryIssueStore()

    def name(department_id: str) -> str:
        department = departments.get(department_id) if department_id else None
        return department.name if department else ""

    figures = Figures(
        MemoryFigureStore(records),
        rules,
        TopicFinder(guides, documents),
        WeekdayCalendar(),
        name,
        lambda: clock().astimezone(CHINA_TIME).date(),
    )
    finder = IssueFinder(MemoryMessageStore(records), CharacterClusterer, issues, router, ask_again, lambda _text: "", rules, clock)
    surveys = SurveyDesk(records.surveys, load_questionnaire(), mask, clock)
    return Insight(figures, finder, IssueBoard(issues, ask_again, mask, clock), surveys, rules)
