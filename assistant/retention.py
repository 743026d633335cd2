"""How long what citizens said is kept, and how it is forgotten. Work orders are records of the office and follow their own rule."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Protocol

from assistant.errors import AssistantError
from assistant.ports import Clock

_DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """Conversations from their last word on; contacts and orders from the closing of the order on."""

    conversation_days: int
    contact_days: int
    order_years: int


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows of each kind are gone; `contacts` are orders whose caller is no longer known."""

    answers: int = 0
    feedback: int = 0
    handoffs: int = 0
    messages: int = 0
    notifications: int = 0
    contacts: int = 0
    orders: int = 0
    ratings: int = 0

    def __add__(self, other: Forgotten) -> Forgotten:
        return Forgotten(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))

    @property
    def total(self) -> int:
        return sum(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        named = zip(("答复", "评价", "人工对话", "对话消息", "通知", "工单联系方式", "工单", "专家评分"), fields(self), strict=True)
        return "、".join(f"{label} {count} 条" for label, field in named if (count := getattr(self, field.name))) or "没有到期的内容"


class RetentionStore(Protocol):
    """Deletes for good: what is gone is in no file of the database either, as far as the engine allows."""

    def conversation_of(self, id_: str) -> str | None:
        """The conversation with this id, or the one that an answer or a hand-over with this id belongs to; None where there is none."""

    def has_open_handoff(self, conversation_id: str) -> bool: ...

    def forget_conversation(self, conversation_id: str) -> Forgotten:
        """Answers, feedback, ratings, hand-overs with their messages, and the words of surveys; what was only counted stays."""

    def forget_conversations_before(self, moment: datetime) -> Forgotten:
        """Those of which nothing is newer than `moment`; open hand-overs stay. Notifications as old go too.

        Ratings of an answer that has become a case stay with the case.
        """

    def forget_contacts_closed_before(self, moment: datetime) -> Forgotten:
        """Of closed orders: the caller's name, number and address, masked and sealed. The orders stay."""

    def forget_orders_closed_before(self, moment: datetime) -> Forgotten:
        """With their moves, and with what the router learned from them."""

    def settle(self) -> None:
        """Clears what the engine still holds of deleted rows. Called after deleting; may take seconds."""


class UnknownConversation(AssistantError):
    def __init__(self, id_: str) -> None:
        super().__init__(f"没有编号为“{id_}”的对话或答复。请核对编号；超过保存期限的已经删除。")


class ConversationStillOpen(AssistantError):
    def __init__(self) -> None:
        super().__init__("这次对话的人工服务还没有结束。请先在坐席台结束对话，再来删除。")


@dataclass(frozen=True, slots=True)
class Retention:
    """Safe to run in several processes: what one has deleted the other does not find."""

    store: RetentionStore
    rules: RetentionRules
    clock: Clock

    def apply(self) -> Forgotten:
        now = self.clock()
        forgotten = (
            self.store.forget_conversations_before(now - timedelta(days=self.rules.conversation_days))
            + self.store.forget_contacts_closed_before(now - timedelta(days=self.rules.contact_days))
            + self.store.forget_orders_closed_before(now - timedelta(days=self.rules.order_years * _DAYS_OF_A_YEAR))
        )
        self.store.settle()
        return forgotten

    def forget(self, id_: str) -> tuple[str, Forgotten]:
        """On request: (conversation, what is gone). `id_` as in `conversation_of`. Raises UnknownConversation, ConversationStillOpen."""
        conversation_id = self.store.conversation_of(id_)
        if conversation_id is None:
            raise UnknownConversation(id_)
        if self.store.has_open_handoff(conversation_id):
            raise ConversationStillOpen
        forgotten = self.store.forget_conversation(conversation_id)
        self.store.settle()
        return conversation_id, forgotten
