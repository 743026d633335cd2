"""Answers given lately, kept for the same question under the very same circumstances. Whatever moves makes another key."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

import structlog

from assistant.answer_shelf import AnswerKey, AnswerShelf, Circumstances
from assistant.answer_status import AnswerStatus
from assistant.intents import more_than_words
from assistant.models import CHINA_TIME, AnswerRecord, ScreenedQuestion
from indexing.errors import IndexingError
from indexing.text_normalizer import normalize
from knowledge_base.errors import KnowledgeBaseError

_log = structlog.get_logger(__name__)
_KEPT = frozenset({AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE})
SETTLE_S = 2.0
"""Edited content acts within half a second of its version moving: what is answered so soon after a move may still be of the old."""
SHED = "繁忙时跳过"
"""As SearchTrace.versions["reranker"]: there was no time to rerank. Shown as it is."""


class CacheOutcome(StrEnum):
    """HIT: said again. MISS: made anew, and kept where it may be. PASSED: never looked for (personal data, a conversation under way)."""

    HIT = "hit"
    MISS = "miss"
    PASSED = "passed"


class AnswerCache:
    """What may be said again, on a shelf of this process or one that several share. Safe to share between threads."""

    def __init__(
        self,
        shelf: AnswerShelf,
        circumstances: Callable[[], Circumstances],
        count: Callable[[CacheOutcome], None] = lambda _: None,
        now: Callable[[], float] = time.monotonic,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """`circumstances` are asked for with every question. `now` gives seconds.

        While `busy`, what was found without reranking is said again; at leisure it is made anew and kept in its place.
        """
        self._shelf, self._circumstances, self._count, self._now, self._busy = shelf, circumstances, count, now, busy
        self._lock = threading.Lock()
        self._stamp, self._moved_at = "", float("-inf")

    def recalled(
        self,
        question: ScreenedQuestion,
        versions: Callable[[], Mapping[str, str]],
        begun: Callable[[], bool],
        make: Callable[[], AnswerRecord],
    ) -> AnswerRecord:
        """What is kept, as a record of its own, else what `make` makes. `begun`: whether the conversation had turns before.

        `versions` are digests of what decides about answers. Raises only what `make` raises.
        """
        started = time.perf_counter()
        key = self._key(question, versions, begun)
        if key is None:
            self._count(CacheOutcome.PASSED)
            return make()
        known = self._find(key)
        self._count(CacheOutcome.HIT if known else CacheOutcome.MISS)
        if known is None:
            record = make()
            self._keep(key, record)
            return record
        return replace(
            known,
            answer_id=uuid.uuid4().hex,
            conversation_id=question.conversation_id,
            question=question,
            timings_ms={"answer_cache": round((time.perf_counter() - started) * 1000, 2)},
        )

    def forget(self) -> None:
        """Where the records went back to an earlier state: from there they may come to a stamp once more, with other content."""
        self._shelf.clear()

    def __len__(self) -> int:
        return len(self._shelf)

    def _key(self, question: ScreenedQuestion, versions: Callable[[], Mapping[str, str]], begun: Callable[[], bool]) -> AnswerKey | None:
        """None for a question that is never answered from here, and where the circumstances cannot be told."""
        if question.masked or not question.text.strip():
            return None
        try:
            if begun():
                return None
            present, decided = self._circumstances(), tuple(sorted(versions().items()))
        except (IndexingError, KnowledgeBaseError) as error:
            _log.info("answer_cache_passed", reason=str(error))
            return None
        self._note(present.stamp)
        asked_on = question.asked_at.astimezone(CHINA_TIME).date()
        return AnswerKey(normalize(question.text), question.jurisdiction, question.as_of, asked_on, present, decided)

    def _find(self, key: AnswerKey) -> AnswerRecord | None:
        found = self._shelf.find(key)
        return found if found is None or _at_leisure(found) or self._busy() else None

    def _keep(self, key: AnswerKey, record: AnswerRecord) -> None:
        """Not what was found in another snapshot than the one asked about, nor while something has just moved."""
        if not _may_be_said_again(record) or record.snapshot_id != key.circumstances.snapshot_id:
            return
        with self._lock:
            if self._now() - self._moved_at < SETTLE_S:
                return
        self._shelf.keep(key, _of_nobody(record))

    def _note(self, stamp: str) -> None:
        with self._lock:
            if stamp != self._stamp:
                self._stamp, self._moved_at = stamp, self._now()


def _of_nobody(record: AnswerRecord) -> AnswerRecord:
    """Whoever asks again has names of their own; a conversation that is deleted leaves none here."""
    return replace(record, answer_id="", conversation_id="", question=replace(record.question, conversation_id=""))


def _may_be_said_again(record: AnswerRecord) -> bool:
    """Answers of the policy base to a plain question; what is routed, held back or model-written is made anew."""
    if record.answer.status not in _KEPT or record.withheld is not None or record.generation is not None or record.intent is None:
        return False
    return more_than_words(record.intent) is None and record.search is not None


def _at_leisure(record: AnswerRecord) -> bool:
    """False where a search of it was shed."""
    searches = (record.search, *record.further_searches)
    return all(search is None or search.versions.get("reranker") != SHED for search in searches)
