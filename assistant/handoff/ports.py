"""What hand-over needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from assistant.handoff.models import ChatMessage, Handoff, HandoffState, Speaker
from assistant.hotline.models import Contact, OrderOrigin, Submitted, WorkOrderDraft
from assistant.models import AnswerRecord


class HandoffStore(Protocol):
    """Hand-overs and what is said in them. Texts arrive masked."""

    def add(self, handoff: Handoff) -> None:
        """Raises HandoffChanged where the conversation has an open one already, also across processes."""

    def save(self, handoff: Handoff) -> None:
        """`handoff.version` is one more than the stored one. Raises HandoffChanged, UnknownHandoff."""

    def get(self, handoff_id: str) -> Handoff:
        """Raises UnknownHandoff."""

    def of_conversation(self, conversation_id: str) -> Handoff | None:
        """The newest one."""

    def find(self, states: tuple[HandoffState, ...], limit: int = 100) -> tuple[Handoff, ...]:
        """Those who wait longest first."""

    def say(self, handoff_id: str, speaker: Speaker, text: str, at: datetime) -> ChatMessage:
        """Appends; the ordinal is given here, without gaps for one hand-over. Raises UnknownHandoff."""

    def messages(self, handoff_id: str, after: int = 0) -> tuple[ChatMessage, ...]:
        """Those with a greater ordinal, in order."""


class ConversationDrafter(Protocol):
    """Drafts a work order from what was said; of the drafter, hand-over needs no more."""

    def from_conversation(
        self, records: Sequence[AnswerRecord], *, said: Sequence[str] = (), contact: Contact | None = None, origin: OrderOrigin
    ) -> WorkOrderDraft: ...


class OrderIntake(Protocol):
    """Takes a work order in; of the order desk, hand-over needs no more."""

    def submit(self, draft: WorkOrderDraft, contact: Contact, by: str) -> Submitted:
        """Raises OrderIncomplete."""
