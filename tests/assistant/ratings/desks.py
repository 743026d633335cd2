"""A desk for ratings over memory."""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.models import AnswerRecord
from assistant.ratings.ports import CaseShelf
from assistant.ratings.rating_desk import RatingDesk
from assistant.ratings.rules import load_rating_rules
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.rating_store import MemoryCases, MemoryRatingStore

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KNOWN = frozenset({"d-residence#第一条", "d-residence#第二条/（一）", "guide-residence"})


def a_desk(*records: AnswerRecord, cases: CaseShelf | None = None) -> RatingDesk:
    conversations = MemoryConversationStore()
    for record in records:
        conversations.save(record)
    return RatingDesk(
        MemoryRatingStore(conversations),
        conversations,
        cases or MemoryCases(),
        load_rating_rules(),
        lambda text: text.replace("13800138000", "【手机号】"),
        lambda: NOW,
        KNOWN.__contains__,
        lambda answers: answers[0],
    )
