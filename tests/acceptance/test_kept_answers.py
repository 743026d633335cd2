"""A kept answer is never an old one: whatever moves in the real policy base, the same question is answered as if nothing had been kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest

from api.asking import build_question
from api.container import Container, build_container
from assistant.answer_cache import SETTLE_S, AnswerCache, CacheOutcome
from assistant.answer_shelf import Circumstances, MemoryAnswerShelf
from assistant.answer_status import AnswerStatus
from assistant.models import AnswerRecord
from knowledge_base.adapters.sql import open_records
from knowledge_base.adapters.sql.knowledge_stamp import SqlKnowledgeStamp
from tests.demonstration import Home
from tests.factories import a_revision

pytestmark = pytest.mark.model

QUESTION = "居住证每年要签注一次吗？"


@dataclass
class KeepingService:
    """The real service with the real stamp; only the clock of the cache stands in a test's hand."""

    container: Container
    now_s: float = 0.0
    seen: list[CacheOutcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        stamp = SqlKnowledgeStamp(open_records(self.container.settings.records_address))
        snapshot_id = self._snapshot_id
        cache = AnswerCache(MemoryAnswerShelf(9), lambda: Circumstances(stamp(), snapshot_id()), self.seen.append, lambda: self.now_s)
        self.fresh = replace(self.container.assistant(), cache=None)
        self.keeping = replace(self.fresh, cache=cache)

    def ask(self) -> AnswerRecord:
        return self.keeping.answer(build_question(self.container, QUESTION, conversation_id=uuid4().hex))

    def anew(self) -> AnswerRecord:
        return self.fresh.tried(build_question(self.container, QUESTION))

    def kept(self) -> AnswerRecord:
        """The answer once it is kept: asked until it is."""
        for _ in range(3):
            record = self.ask()
            if self.seen[-1] is CacheOutcome.HIT:
                return record
            self.now_s += SETTLE_S
        raise AssertionError("it was never kept")

    def _snapshot_id(self) -> str:
        return self.container.answering_snapshot().snapshot_id


def save_guide(container: Container) -> None:
    guide = container.guides.all()[0]
    container.guides.save([replace(guide, fee="另行通知")])


def save_department(container: Container) -> None:
    container.departments.save([replace(department, phone="0900-8880999") for department in container.departments.all()])


def publish_something(container: Container) -> None:
    container.documents.add(a_revision("another-document"))


MOVES: tuple[Callable[[Container], None], ...] = (save_guide, save_department, publish_something)


def test_whatever_moves_the_question_is_answered_as_if_nothing_had_been_kept(own_demonstration: Home) -> None:
    service = KeepingService(build_container(own_demonstration.settings()))
    assert service.kept().answer == service.anew().answer
    for move in MOVES:
        move(service.container)
        assert service.ask().answer == service.anew().answer, move.__name__
        assert service.seen[-1] is CacheOutcome.MISS, move.__name__
        assert service.kept().answer == service.anew().answer, move.__name__
    cited = service.ask().answer.citations[0].document_id
    service.container.catalog.repeal(cited, service.container.today(), "管理员", "测试")
    repealed = service.ask().answer
    assert service.seen[-1] is CacheOutcome.MISS
    assert repealed == service.anew().answer
    assert cited not in {citation.document_id for citation in repealed.citations}
    assert repealed.status is not AnswerStatus.FAILED
