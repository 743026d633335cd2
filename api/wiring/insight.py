"""The adapters of insight and surveys: counting in SQL, clustering with the embedder that search uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.deferred import Deferred
from assistant.adapters.hotline import ChineseWorkingCalendar
from assistant.adapters.sql import SqlFigureStore, SqlIssueStore, SqlMessageStore, SqlSurveyStore
from assistant.answering import PolicyAssistant
from assistant.hotline.event_places import load_event_places
from assistant.insight.asking_again import ask_again_with
from assistant.insight.assembly import Insight
from assistant.insight.figures import Figures
from assistant.insight.issue_board import IssueBoard
from assistant.insight.issue_finder import IssueFinder
from assistant.insight.ports import MessageClusterer
from assistant.insight.rules import load_insight_rules
from assistant.insight.topics import TopicFinder
from assistant.intent_examples import EXAMPLES_FOLDER, LabelFamily, load_examples
from assistant.intents import ConversationAct
from assistant.models import CHINA_TIME
from assistant.routing import DepartmentRouter
from assistant.surveys.questionnaire import load_questionnaire
from assistant.surveys.survey_desk import SurveyDesk
from indexing.ports import Embedder, Tokenizer
from knowledge_base.ports import Clock, DepartmentStore, DocumentStore, GuideStore
from knowledge_base.regions import RegionDirectory

if TYPE_CHECKING:
    from sqlalchemy import Engine

VECTORS_FILE = "message_vectors.sqlite3"
"""Below ZHENGWEN_HOME; losing it costs time alone."""


@dataclass(frozen=True, slots=True)
class InsightPorts:
    """Callables without arguments are made on first use."""

    engine: Engine
    home: Path
    guides: GuideStore
    documents: DocumentStore
    departments: DepartmentStore
    regions: RegionDirectory
    embedder: Callable[[], Embedder]
    tokenizer: Callable[[], Tokenizer]
    router: Callable[[], DepartmentRouter]
    assistant: Callable[[], PolicyAssistant]
    mask: Callable[[str], str]
    clock: Clock


def assemble_insight(ports: InsightPorts) -> Insight:
    rules, issues = load_insight_rules(), SqlIssueStore(ports.engine)
    ask_again = ask_again_with(ports.assistant, ports.clock)
    places = Deferred(lambda: load_event_places(ports.regions))
    return Insight(
        figures=Figures(
            store=SqlFigureStore(ports.engine),
            rules=rules,
            topics=TopicFinder(ports.guides, ports.documents),
            calendar=ChineseWorkingCalendar(),
            department_name=lambda name: department.name if name and (department := ports.departments.get(name)) else "",
            today=lambda: ports.clock().astimezone(CHINA_TIME).date(),
        ),
        finder=IssueFinder(
            messages=SqlMessageStore(ports.engine),
            clusterer=Deferred(lambda: _clusterer(ports)),
            issues=issues,
            router=ports.router,
            ask_again=ask_again,
            find_place=lambda text: places().find(text),
            rules=rules,
            clock=ports.clock,
        ),
        board=IssueBoard(issues, ask_again, ports.mask, ports.clock),
        surveys=SurveyDesk(SqlSurveyStore(ports.engine), load_questionnaire(), ports.mask, ports.clock),
        rules=rules,
    )


def _clusterer(ports: InsightPorts) -> MessageClusterer:
    # A page that shows figures shall not wait for scikit-learn.
    from assistant.adapters.clustering.linkage_clusterer import LinkageClusterer  # noqa: PLC0415
    from indexing.adapters.sqlite_vector_cache import SqliteVectorCache  # noqa: PLC0415

    cache = SqliteVectorCache(ports.home / VECTORS_FILE)
    return LinkageClusterer(ports.embedder(), ports.tokenizer(), cache, _all_sorts_of_matters)


def _all_sorts_of_matters() -> tuple[str, ...]:
    """The shipped examples of matters: what requests in general have in common."""
    examples = load_examples(LabelFamily.ACTS, EXAMPLES_FOLDER)
    matters = [example.text for example in examples if example.label == ConversationAct.MATTER]
    # They stand by matter; every third of them says the same and is embedded in a third of the time.
    return tuple(matters[::3])
