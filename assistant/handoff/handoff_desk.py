"""Hand-over from request to rating. Nobody is left without an answer: what nobody takes in time becomes a work order."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from assistant.errors import UnknownAnswer
from assistant.handoff.errors import HandoffChanged, HandoffClosed, HandoffElsewhere, HandoffTaken, NothingSaid, UnknownHandoff
from assistant.handoff.models import (
    OPEN_STATES,
    ChatMessage,
    Handoff,
    HandoffState,
    HandoffTicket,
    News,
    Speaker,
    Transcript,
)
from assistant.handoff.order_conversion import SYSTEM, OrderConversion
from assistant.handoff.ports import HandoffStore
from assistant.handoff.service_hours import HandoffRules
from assistant.handoff.wording import HandoffWording
from assistant.hotline.models import Contact, Satisfaction, Submitted, WorkOrderDraft
from assistant.hotline.ports import WorkingCalendar
from assistant.ports import Clock, ConversationStore

_TRIES = 5


@dataclass(frozen=True, slots=True)
class HandoffDesk:
    """Safe to call from many threads and processes. Every text is masked here before it is stored."""

    store: HandoffStore
    conversations: ConversationStore
    conversion: OrderConversion
    calendar: WorkingCalendar
    mask: Callable[[str], str]
    rules: HandoffRules
    wording: HandoffWording
    clock: Clock

    # What the citizen does.

    def request(self, conversation_id: str, answer_id: str, reason: str, jurisdiction: str | None, token: str = "") -> HandoffTicket:
        """A conversation has one open hand-over: asking again gives the same, to whoever holds its key, else HandoffElsewhere.

        `token` is a key the citizen's browser holds already; "" makes a new one. Raises UnknownAnswer.
        """
        record = self.conversations.get(answer_id)
        if record is None or record.conversation_id != conversation_id:
            raise UnknownAnswer(answer_id)
        present = self.store.of_conversation(conversation_id)
        if present is not None and present.is_open:
            return self._same(present, token)
        key, name = token or secrets.token_urlsafe(24), uuid4().hex
        handoff = Handoff(
            id=name,
            version=1,
            conversation_id=conversation_id,
            answer_id=answer_id,
            token_digest=_digest(name, key),
            reason=self.mask(reason),
            jurisdiction=jurisdiction,
            state=HandoffState.WAITING,
            requested_at=self.clock(),
        )
        try:
            self.store.add(handoff)
        except HandoffChanged:
            return self._same(self.store.of_conversation(conversation_id) or handoff, token)
        return self._admit(handoff, key)

    def for_citizen(self, handoff_id: str, token: str) -> Handoff:
        """Raises UnknownHandoff, also for a wrong key."""
        handoff = self.store.get(handoff_id)
        if not hmac.compare_digest(handoff.token_digest, _digest(handoff_id, token)):
            raise UnknownHandoff
        return handoff

    def say_as_citizen(self, handoff_id: str, token: str, text: str) -> ChatMessage:
        """Raises UnknownHandoff, HandoffClosed, NothingSaid."""
        if not self.for_citizen(handoff_id, token).is_open:
            raise HandoffClosed
        return self._say(handoff_id, Speaker.CITIZEN, text)

    def leave(self, handoff_id: str, token: str) -> Handoff:
        """The citizen needs no person any more. Ended already: nothing happens."""
        self.for_citizen(handoff_id, token)
        return self._settle(handoff_id, lambda held: self._end(held, "left") if held.is_open else held)

    def rate(self, handoff_id: str, token: str, satisfaction: Satisfaction, comment: str = "") -> Handoff:
        """After it was closed; a later rating replaces the earlier one. Raises HandoffChanged before that."""
        if self.for_citizen(handoff_id, token).state is not HandoffState.CLOSED:
            raise HandoffChanged
        said = self.mask(comment.strip())[: self.rules.longest_message]
        rated = self._settle(handoff_id, lambda held: self.conversion.change(held, satisfaction=satisfaction, comment=said))
        self._tell(handoff_id, "rated", satisfaction=satisfaction.label)
        return rated

    # What the operator does. `by` is an account name, `version` that of the hand-over they were looking at.

    def waiting(self) -> tuple[Handoff, ...]:
        """Those who wait longest first."""
        return self.store.find((HandoffState.WAITING,))

    def serving(self) -> tuple[Handoff, ...]:
        return tuple(handoff for handoff in self.store.find((HandoffState.CLAIMED,)) if handoff.claimed_by != SYSTEM)

    def get(self, handoff_id: str) -> Handoff:
        """Raises UnknownHandoff."""
        return self.store.get(handoff_id)

    def transcript(self, handoff_id: str) -> Transcript:
        """Raises UnknownHandoff."""
        return self.conversion.transcript(self.store.get(handoff_id))

    def claim(self, handoff_id: str, version: int, by: str) -> Handoff:
        """Exactly one operator gets it. Raises HandoffTaken (says who), HandoffClosed, HandoffChanged."""
        try:
            claimed = self._claimed(self.store.get(handoff_id), version, by)
        except HandoffChanged:
            self._require_claimable(self.store.get(handoff_id))
            raise
        self._tell(handoff_id, "claimed")
        return claimed

    def release(self, handoff_id: str, version: int, by: str) -> Handoff:
        """Back to the queue, at its old place."""
        held = self._held(handoff_id, by, version)
        released = self.conversion.change(held, state=HandoffState.WAITING, claimed_by="", claimed_at=None)
        self._tell(handoff_id, "released")
        return released

    def say_as_operator(self, handoff_id: str, by: str, text: str) -> ChatMessage:
        """Raises HandoffTaken, HandoffClosed, HandoffChanged where it was not claimed, NothingSaid."""
        self._held(handoff_id, by)
        return self._say(handoff_id, Speaker.OPERATOR, text)

    def pass_on(self, conversation_id: str, text: str) -> ChatMessage:
        """Says in the open hand-over of a conversation what was decided elsewhere. Raises HandoffClosed where there is none."""
        present = self.store.of_conversation(conversation_id)
        if present is None or not present.is_open:
            raise HandoffClosed
        return self._say(present.id, Speaker.OPERATOR, text)

    def close(self, handoff_id: str, version: int, by: str) -> Handoff:
        return self._end(self._held(handoff_id, by, version), "closed")

    def draft_order(self, handoff_id: str) -> WorkOrderDraft:
        """What the order form starts from."""
        return self.conversion.draft(self.store.get(handoff_id))

    def to_order(self, handoff_id: str, version: int, by: str, draft: WorkOrderDraft, contact: Contact) -> Submitted:
        """Raises OrderIncomplete beside the usual; then nothing has changed for the citizen."""
        return self.conversion.by_operator(self._held(handoff_id, by, version), draft, contact, by)

    # What happens by itself.

    def news(self, handoff_id: str, after: int = 0) -> News:
        """For a page that has shown everything up to message `after`. Raises UnknownHandoff."""
        handoff, ahead = self.store.get(handoff_id), 0
        if handoff.state is HandoffState.WAITING:
            ahead = sum(other.requested_at < handoff.requested_at for other in self.waiting())
        return News(handoff, ahead, self.store.messages(handoff_id, after))

    def expire_waiting(self, now: datetime) -> tuple[Handoff, ...]:
        """Those who waited too long get a work order; returns the hand-overs that became one. A periodic task."""
        overdue = [handoff for handoff in self.waiting() if now - handoff.requested_at >= self.rules.longest_wait]
        overdue += [handoff for handoff in self.store.find((HandoffState.CLAIMED,)) if self._is_abandoned(handoff, now)]
        done = []
        for handoff in overdue:
            try:
                ended, submitted = self.conversion.by_machine(handoff, self.wording.say("waited"))
            except HandoffChanged:
                continue
            done += [ended] if submitted else []
        return tuple(done)

    def _is_abandoned(self, handoff: Handoff, now: datetime) -> bool:
        """Taken by the system, which was stopped before the order was made."""
        return handoff.claimed_by == SYSTEM and handoff.claimed_at is not None and now - handoff.claimed_at >= self.rules.retry_after

    def _admit(self, handoff: Handoff, key: str) -> HandoffTicket:
        hours = self.rules.hours
        if hours.open_at(handoff.requested_at, self.calendar):
            return HandoffTicket(handoff, key, self._tell(handoff.id, "queued"))
        ended, submitted = self.conversion.by_machine(handoff, self.wording.say("no_hours", hours=hours.words))
        if submitted is None:
            return HandoffTicket(ended, key, self._tell(handoff.id, "no_order_hours", hours=hours.words))
        return HandoffTicket(ended, key, self.store.messages(handoff.id)[-1].text, submitted)

    def _same(self, handoff: Handoff, token: str) -> HandoffTicket:
        try:
            return HandoffTicket(self.for_citizen(handoff.id, token), token, self.wording.say("queued"))
        except UnknownHandoff:
            raise HandoffElsewhere from None

    def _claimed(self, handoff: Handoff, version: int, by: str) -> Handoff:
        self._require_claimable(handoff)
        if handoff.version != version:
            raise HandoffChanged
        return self.conversion.change(handoff, state=HandoffState.CLAIMED, claimed_by=by, claimed_at=self.clock())

    def _require_claimable(self, handoff: Handoff) -> None:
        if handoff.state is HandoffState.CLAIMED:
            raise HandoffTaken(handoff.claimed_by)
        if handoff.state not in OPEN_STATES:
            raise HandoffClosed

    def _held(self, handoff_id: str, by: str, version: int | None = None) -> Handoff:
        handoff = self.store.get(handoff_id)
        if not handoff.is_open:
            raise HandoffClosed
        if handoff.state is HandoffState.CLAIMED and handoff.claimed_by != by:
            raise HandoffTaken(handoff.claimed_by)
        if handoff.state is HandoffState.WAITING or (version is not None and handoff.version != version):
            raise HandoffChanged
        return handoff

    def _end(self, handoff: Handoff, words: str) -> Handoff:
        ended = self.conversion.change(handoff, state=HandoffState.CLOSED, closed_at=self.clock())
        self._tell(handoff.id, words)
        return ended

    def _settle(self, handoff_id: str, change: Callable[[Handoff], Handoff]) -> Handoff:
        """A change that needs no version of the citizen's: tried again where somebody else was faster."""
        for _ in range(_TRIES - 1):
            try:
                return change(self.store.get(handoff_id))
            except HandoffChanged:
                continue
        return change(self.store.get(handoff_id))

    def _say(self, handoff_id: str, speaker: Speaker, text: str) -> ChatMessage:
        words = text.strip()
        if not words:
            raise NothingSaid(self.wording.say("empty"))
        if len(words) > self.rules.longest_message:
            raise NothingSaid(self.wording.say("too_long", limit=self.rules.longest_message))
        return self.store.say(handoff_id, speaker, self.mask(words), self.clock())

    def _tell(self, handoff_id: str, name: str, **facts: object) -> str:
        words = self.wording.say(name, **facts)
        self.store.say(handoff_id, Speaker.SYSTEM, words, self.clock())
        return words


def _digest(handoff_id: str, token: str) -> str:
    """With the id in it, so that digests do not tell which hand-overs came from one browser."""
    return sha256(f"{handoff_id}:{token}".encode()).hexdigest()
