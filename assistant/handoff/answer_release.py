"""Answers on sensitive topics: drafted by the machine, shown to the citizen only after a supervisor has released them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from assistant.answer_status import AnswerStatus
from assistant.errors import UnknownAnswer
from assistant.handoff.answer_words import answer_words
from assistant.handoff.errors import AlreadyDecided, HandoffError
from assistant.handoff.handoff_desk import HandoffDesk
from assistant.models import AnswerRecord, Release
from assistant.ports import Clock, ConversationStore

_KEPT = timedelta(days=30)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerRelease:
    conversations: ConversationStore
    handoffs: HandoffDesk
    clock: Clock

    def waiting(self, limit: int = 50) -> tuple[AnswerRecord, ...]:
        """Those nobody has decided on yet, newest first."""
        recent = self.conversations.recent(self.clock() - _KEPT, (AnswerStatus.AWAITING_RELEASE,), limit)
        return tuple(record for record in recent if record.withheld is not None)

    def release(self, answer_id: str, by: str) -> AnswerRecord:
        """The citizen reads it from now on, in the page and in the open hand-over. Raises UnknownAnswer, AlreadyDecided."""
        record = self._undecided(answer_id)
        assert record.withheld is not None  # noqa: S101 - _undecided has looked; narrows for mypy
        released = replace(record, answer=record.withheld, withheld=None, release=Release(by, self.clock(), released=True))
        self.conversations.save(released)
        self._tell(released)
        return released

    def decline(self, answer_id: str, by: str, reason: str) -> AnswerRecord:
        """It stays unsaid; the person who serves the citizen answers instead. Raises UnknownAnswer, AlreadyDecided."""
        declined = replace(self._undecided(answer_id), withheld=None, release=Release(by, self.clock(), released=False, reason=reason))
        self.conversations.save(declined)
        return declined

    def _undecided(self, answer_id: str) -> AnswerRecord:
        record = self.conversations.get(answer_id)
        if record is None:
            raise UnknownAnswer(answer_id)
        if record.withheld is None:
            raise AlreadyDecided
        return record

    def _tell(self, record: AnswerRecord) -> None:
        try:
            self.handoffs.pass_on(record.conversation_id, answer_words(record.answer))
        except HandoffError as error:
            _log.info("released_without_handoff", answer_id=record.answer_id, error=type(error).__name__)
