"""When people serve the hand-over queue: numbers from service_hours.toml, working days from the Chinese calendar."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from assistant.hotline.ports import WorkingCalendar
from assistant.models import CHINA_TIME

HOURS_FILE = Path(__file__).with_name("service_hours.toml")
HOURS_PATTERN = r"(?P<daily>每天\s*)?(?P<open>\d{1,2}:[0-5]\d)\s*[-—~至]\s*(?P<close>\d{1,2}:[0-5]\d)"
"""How hours are written: "9:00-18:00" on working days, "每天 0:00-24:00" on every day."""


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Minutes of the day in China, the closing minute not included. `every_day` False: working days only."""

    opens_min: int
    closes_min: int
    every_day: bool = False

    @classmethod
    def parse(cls, text: str) -> ServiceHours:
        """Raises ValueError with a Chinese sentence."""
        match = re.fullmatch(HOURS_PATTERN, text.strip())
        opens, closes = (_minutes(match["open"]), _minutes(match["close"])) if match else (0, 0)
        if match is None or not opens < closes <= 24 * 60:
            raise ValueError(f"人工服务时间“{text}”写得不对。请写成 9:00-18:00（工作日）或“每天 0:00-24:00”的形式，开始早于结束。")
        return cls(opens, closes, bool(match["daily"]))

    def open_at(self, moment: datetime, calendar: WorkingCalendar) -> bool:
        local = moment.astimezone(CHINA_TIME)
        in_hours = self.opens_min <= local.hour * 60 + local.minute < self.closes_min
        return in_hours and (self.every_day or calendar.is_working_day(local.date()))

    @property
    def words(self) -> str:
        """For a citizen: 工作日 9:00—18:00."""
        return f"{'每天' if self.every_day else '工作日'} {_clock(self.opens_min)}—{_clock(self.closes_min)}"


@dataclass(frozen=True, slots=True)
class HandoffRules:
    """How long: until a person should answer, until the wish becomes an order, until an unfinished order is taken up again."""

    hours: ServiceHours
    answer_within: timedelta
    longest_wait: timedelta
    retry_after: timedelta
    longest_message: int


def load_handoff_rules(path: Path = HOURS_FILE, hours: str = "") -> HandoffRules:
    """`hours` "" takes those of the file. Raises KeyError or ValueError where something is missing or wrong."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return HandoffRules(
        ServiceHours.parse(hours or table["hours"]),
        timedelta(minutes=table["answer_within_min"]),
        timedelta(minutes=table["longest_wait_min"]),
        timedelta(minutes=table["retry_after_min"]),
        table["longest_message"],
    )


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02d}"
