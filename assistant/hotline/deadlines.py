"""When a reply is promised, and when a nearing deadline is warned of; loaded from deadlines.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from assistant.hotline.models import Deadline, Urgency
from assistant.hotline.ports import WorkingCalendar
from assistant.intents import RequestType
from assistant.models import CHINA_TIME

DEADLINES_FILE = Path(__file__).with_name("deadlines.toml")


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """Warn `to` once `working_days_left` or fewer are left."""

    working_days_left: int
    to: str
    words: str

    @property
    def reason(self) -> str:
        return self.words.format(to=self.to)


@dataclass(frozen=True, slots=True)
class DeadlineRules:
    """Working days by request type, the most an urgent matter may take, and the steps of escalation, earliest first."""

    working_days: Mapping[RequestType, int]
    at_most: Mapping[Urgency, int]
    reopened_days: int
    steps: tuple[EscalationStep, ...]

    def days(self, request_type: RequestType, urgency: Urgency) -> int:
        days = self.working_days[request_type]
        return min(days, self.at_most.get(urgency, days))

    def promised(self, calendar: WorkingCalendar, request_type: RequestType, urgency: Urgency, received_at: datetime) -> Deadline:
        """Counted from the day of `received_at` in China, which itself does not count."""
        return calendar.due(china_day(received_at), self.days(request_type, urgency))

    def reopened(self, calendar: WorkingCalendar, deadline: Deadline, at: datetime) -> Deadline:
        """The old deadline, or the one for taking an order up again where that is later."""
        again = calendar.due(china_day(at), self.reopened_days)
        return max(deadline, again, key=lambda each: each.due_on)

    def steps_reached(self, deadline: Deadline, working_days_left: int) -> int:
        """How many of `steps` lie behind; one that lay on or before the day of receipt was never ahead."""
        reached = [place for place, step in enumerate(self.steps, 1) if working_days_left <= step.working_days_left < deadline.working_days]
        return max(reached, default=0)


def china_day(moment: datetime) -> date:
    return moment.astimezone(CHINA_TIME).date()


def load_deadlines(path: Path = DEADLINES_FILE) -> DeadlineRules:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError where the file is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    steps = (EscalationStep(entry["working_days_left"], entry["to"], entry["words"]) for entry in table["escalation"])
    return DeadlineRules(
        working_days={kind: table["working_days"][kind] for kind in RequestType},
        at_most={Urgency(name): days for name, days in table["at_most"].items()},
        reopened_days=table["reopened"]["working_days"],
        steps=tuple(sorted(steps, key=lambda step: -step.working_days_left)),
    )
