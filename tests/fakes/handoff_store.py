"""A HandoffStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from datetime import datetime
from threading import Lock

from assistant.handoff.errors import HandoffChanged, UnknownHandoff
from assistant.handoff.models import ChatMessage, Handoff, HandoffState, Speaker


class MemoryHandoffStore:
    def __init__(self) -> None:
        self._handoffs: dict[str, Handoff] = {}
        self._messages: dict[str, list[ChatMessage]] = {}
        self._one_at_a_time = Lock()

    def add(self, handoff: Handoff) -> None:
        with self._one_at_a_time:
            present = self.of_conversation(handoff.conversation_id)
            if handoff.id in self._handoffs or (present and present.is_open and handoff.is_open):
                raise HandoffChanged
            self._handoffs[handoff.id] = handoff
            self._messages[handoff.id] = []

    def save(self, handoff: Handoff) -> None:
        with self._one_at_a_time:
            if self.get(handoff.id).version != handoff.version - 1:
                raise HandoffChanged
            self._handoffs[handoff.id] = handoff

    def get(self, handoff_id: str) -> Handoff:
        if handoff_id not in self._handoffs:
            raise UnknownHandoff
        return self._handoffs[handoff_id]

    def of_conversation(self, conversation_id: str) -> Handoff | None:
        return next((held for held in reversed(self._handoffs.values()) if held.conversation_id == conversation_id), None)

    def find(self, states: tuple[HandoffState, ...], limit: int = 100) -> tuple[Handoff, ...]:
        found = sorted((held for held in self._handoffs.values() if held.state in states), key=lambda held: held.requested_at)
        return tuple(found[:limit])

    def say(self, handoff_id: str, speaker: Speaker, text: str, at: datetime) -> ChatMessage:
        self.get(handoff_id)
        with self._one_at_a_time:
            said = self._messages[handoff_id]
            message = ChatMessage(len(said) + 1, speaker, text.replace("\x00", ""), at)
            said.append(message)
        return message

    def messages(self, handoff_id: str, after: int = 0) -> tuple[ChatMessage, ...]:
        return tuple(self._messages.get(handoff_id, ())[after:])
