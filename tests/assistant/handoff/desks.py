"""A hand-over desk over fakes, with a clock that is set by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from assistant.handoff.assembly import HandoffPorts, assemble_handoffs
from assistant.handoff.handoff_desk import HandoffDesk
from assistant.handoff.models import HandoffTicket
from tests.factories import DEMO_CITY, an_answer_record
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.handoff_store import MemoryHandoffStore
from tests.fakes.order_intake import MemoryIntake, PlainDrafter
from tests.fakes.working_calendar import WeekdayCalendar

# 2026-11-23 is a Monday; 10:00 in China.
MONDAY_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SUNDAY = MONDAY_MORNING - timedelta(days=1)


@dataclass
class Scene:
    """A desk and what is around it. `now` can be moved."""

    now: datetime = MONDAY_MORNING
    intake: MemoryIntake = field(default_factory=MemoryIntake)
    store: MemoryHandoffStore = field(default_factory=MemoryHandoffStore)
    conversations: MemoryConversationStore = field(default_factory=MemoryConversationStore)

    @property
    def desk(self) -> HandoffDesk:
        return assemble_handoffs(
            HandoffPorts(
                store=self.store,
                conversations=self.conversations,
                drafter=PlainDrafter,
                orders=self.intake,
                calendar=WeekdayCalendar(),
                mask=lambda text: text.replace("13800138000", "【手机号】"),
                clock=lambda: self.now,
            )
        )

    def ask_for_a_person(self, conversation: str = "c-1", token: str = "", reason: str = "没有找到依据") -> HandoffTicket:
        self.conversations.save(an_answer_record(f"answer-of-{conversation}", conversation))
        return self.desk.request(conversation, f"answer-of-{conversation}", reason, DEMO_CITY, token)
