"""Frozen values of a hand-over (转人工)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from assistant.hotline.models import Satisfaction, Submitted
from assistant.models import AnswerRecord


class HandoffState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    CLOSED = "closed"
    BECAME_ORDER = "became_order"

    @property
    def label(self) -> str:
        return {"waiting": "等待接入", "claimed": "正在服务", "closed": "已结束", "became_order": "已转为工单"}[self.value]


class Speaker(StrEnum):
    CITIZEN = "citizen"
    OPERATOR = "operator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """Masked. `ordinal` grows within a hand-over, so that a page that lost its connection can ask for what it missed."""

    ordinal: int
    speaker: Speaker
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Handoff:
    """`reason` says in Chinese why a person is needed; the transcript and the evidence are the conversation's answer records.

    `token_digest` is of the citizen's key to this hand-over, which their page alone holds. `order_number` "" unless it became an order.
    `comment` is what they said beside the rating, masked.
    """

    id: str
    version: int
    conversation_id: str
    answer_id: str
    token_digest: str
    reason: str
    jurisdiction: str | None
    state: HandoffState
    requested_at: datetime
    claimed_by: str = ""
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    order_number: str = ""
    satisfaction: Satisfaction | None = None
    comment: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def emptied(self) -> Handoff:
        """What may still be counted when nothing may say any more whose it was or what about."""
        return replace(self, version=self.version + 1, conversation_id="", answer_id="", token_digest="", reason="", comment="")


OPEN_STATES = (HandoffState.WAITING, HandoffState.CLAIMED)
"""A conversation has at most one hand-over in these states."""


@dataclass(frozen=True, slots=True)
class HandoffTicket:
    """What the citizen gets: their hand-over, the key to it, and what happens next. `order` where it became a work order at once."""

    handoff: Handoff
    token: str
    message: str
    order: Submitted | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything an operator should know before the first word: what was asked and answered, and what was said since."""

    records: tuple[AnswerRecord, ...]
    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What a page that knows everything up to some message does not know yet. `ahead`: how many wait in front; 0 unless waiting."""

    handoff: Handoff
    ahead: int
    messages: tuple[ChatMessage, ...]
