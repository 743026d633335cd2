"""The answers that are kept, by this process or by all of them, and what tells that something has moved."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

from api.metrics import ServiceMetrics
from api.settings import Settings
from api.wiring.valkey import Valkey
from assistant.answer_cache import AnswerCache
from assistant.answer_shelf import AnswerShelf, Circumstances, MemoryAnswerShelf
from knowledge_base.adapters.sql.knowledge_stamp import SqlKnowledgeStamp

if TYPE_CHECKING:
    from sqlalchemy import Engine


def answer_cache(  # noqa: PLR0913, PLR0917 - parts, each named by the caller
    settings: Settings,
    engine: Engine,
    valkey: Valkey | None,
    snapshot_id: Callable[[], str],
    metrics: ServiceMetrics,
    busy: Callable[[], bool],
) -> AnswerCache | None:
    """`snapshot_id` names the snapshot that would answer now. None where the setting says to keep none."""
    if not settings.answer_cache:
        return None
    stamp = SqlKnowledgeStamp(engine)
    circumstances = lambda: Circumstances(stamp(), snapshot_id())  # noqa: E731 - as short as what it stands for
    return AnswerCache(_shelf(settings.answer_cache, valkey), circumstances, metrics.count_cached_answer, busy=busy)


def _shelf(size: int, valkey: Valkey | None) -> AnswerShelf:
    if valkey is None:
        return MemoryAnswerShelf(size)
    # The client takes a tenth of a second to load, which installations without Valkey do not wait.
    from assistant.adapters.valkey.answer_shelf import ValkeyAnswerShelf  # noqa: PLC0415

    return ValkeyAnswerShelf(valkey.client, size, version("zhengwen"))
