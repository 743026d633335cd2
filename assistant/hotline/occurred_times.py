"""When something happened, out of what a caller says; rules from occurred_times.toml. Resolves a day only where it is certain."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from knowledge_base.chinese_numbers import read_number

TIMES_FILE = Path(__file__).with_name("occurred_times.toml")
_Pattern = re.Pattern[str]
_Match = re.Match[str]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`words` as said; `day` where they name one, `clock` "22:00" where they name an hour; `start` in the text."""

    words: str
    start: int
    day: date | None = None
    clock: str = ""

    def __str__(self) -> str:
        """2026年11月22日 22:00（昨天晚上10点）: the resolved moment, with the words it was resolved from."""
        if self.day is None:
            return self.words
        resolved = f"{self.day.year}年{self.day.month}月{self.day.day}日" + (f" {self.clock}" if self.clock else "")
        return resolved if self.words == resolved else f"{resolved}（{self.words}）"


@dataclass(frozen=True, slots=True)
class OccurredTimes:
    """Finds the time of an event. Immutable, safe to share between threads."""

    groups: tuple[tuple[_Pattern, ...], ...]
    clock: _Pattern
    tail: _Pattern
    moved_on: Mapping[str, tuple[int, int]]
    doubtful_parts: frozenset[str]
    doubtful_hours: tuple[int, int]
    relative_days: Mapping[str, int]
    relative_years: Mapping[str, int]
    relative_months: Mapping[str, int]
    weekdays: Mapping[str, int]

    def find(self, text: str, said_on: date) -> Occurrence | None:
        """The most certain time named: a day before a month, a month before "长期". None where there is none."""
        for patterns in self.groups:
            matches = [match for pattern in patterns for match in pattern.finditer(text)]
            for match in sorted(matches, key=lambda found: (found.start(), -found.end())):
                occurrence = self._occurrence(match, text, said_on)
                if occurrence:
                    return occurrence
        return None

    def _occurrence(self, match: _Match, text: str, said_on: date) -> Occurrence | None:
        named = match.groupdict()
        is_day = any(named.get(name) for name in ("day", "relative_day", "days", "weekday"))
        day = self._day(named, said_on) if is_day else None
        if (is_day and day is None) or (day or self._beginning(named, said_on)) > said_on:
            return None
        clock = self.clock.match(text, match.end())
        end = clock.end() if clock and (clock["part"] or clock["hour"]) else match.end()
        tail = self.tail.match(text, end)
        words = text[match.start() : tail.end() if tail else end].rstrip("，, 的")
        if day is None or clock is None or not clock["hour"]:
            return Occurrence(words, match.start(), day)
        hour, part = _number(clock["hour"]), clock["part"] or match[0][-1:]
        if part in self.doubtful_parts and self.doubtful_hours[0] <= hour <= self.doubtful_hours[1]:
            return Occurrence(words, match.start())
        return Occurrence(words, match.start(), day, self._clock_time(hour, clock["minute"] or "", part))

    def _beginning(self, named: Mapping[str, str | None], said_on: date) -> date:
        """Of the month or year named; `said_on` for what names neither."""
        named_year = named.get("year") or named.get("relative_year")
        first = self._calendar_day({"month": "1", **{name: said for name, said in named.items() if said}, "day": "1"}, said_on)
        return first if named_year and first else said_on

    def _day(self, named: Mapping[str, str | None], said_on: date) -> date | None:
        """None for a day the calendar does not have."""
        if name := named.get("relative_day"):
            return said_on + timedelta(days=self.relative_days[name])
        if count := named.get("days"):
            return said_on - timedelta(days=_number(count))
        if name := named.get("weekday"):
            return self._weekday(named.get("week") or "", self.weekdays[name], said_on)
        return self._calendar_day(named, said_on)

    def _weekday(self, week: str, weekday: int, said_on: date) -> date:
        monday = said_on - timedelta(days=said_on.weekday())
        day = monday + timedelta(days=weekday)
        if week.startswith("上"):
            return day - timedelta(weeks=2 if week.startswith("上上") else 1)
        return day if week or day <= said_on else day - timedelta(weeks=1)

    def _calendar_day(self, named: Mapping[str, str | None], said_on: date) -> date | None:
        year, month = said_on.year, said_on.month
        if name := named.get("relative_month"):
            months = year * 12 + month - 1 + self.relative_months[name]
            year, month = months // 12, months % 12 + 1
        elif said := named.get("month"):
            month = _number(said)
        if name := named.get("relative_year"):
            year += self.relative_years[name]
        elif said := named.get("year"):
            year = int(said)
        try:
            day = date(year, month, _number(named.get("day") or ""))
            said_year = named.get("year") or named.get("relative_year") or named.get("relative_month")
            # 5月1日 said in March was last year's.
            return day if said_year or day <= said_on else day.replace(year=year - 1)
        except ValueError:
            return None

    def _clock_time(self, hour: int, minute: str, part: str) -> str:
        minutes = {"半": 30, "一刻": 15, "": 0}.get(minute)
        minutes = _number(minute.rstrip("分")) if minutes is None else minutes
        first, last = self.moved_on.get(part, (1, 0))
        hour += 12 if first <= hour <= last else 0
        return f"{hour:02d}:{minutes:02d}" if 0 <= hour <= 24 and 0 <= minutes < 60 else ""


def load_occurred_times(path: Path = TIMES_FILE) -> OccurredTimes:
    """Raises KeyError for a missing entry, re.error for a broken pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))

    def compiled(pattern: str) -> _Pattern:
        return re.compile(pattern.replace("N", table["number"]), re.VERBOSE)

    patterns = {name: compiled(pattern) for name, pattern in table["patterns"].items()}
    return OccurredTimes(
        groups=tuple(tuple(patterns[name] for name in names) for names in table["groups"].values()),
        clock=compiled(table["clock"]),
        tail=compiled(table["tail"]),
        doubtful_parts=frozenset(table["doubtful"]["parts"]),
        doubtful_hours=(table["doubtful"]["hours"][0], table["doubtful"]["hours"][1]),
        moved_on={part: (first, last) for part, (first, last) in table["moved_on"].items()},
        relative_days=table["relative_days"],
        relative_years=table["relative_years"],
        relative_months=table["relative_months"],
        weekdays=table["weekdays"],
    )


def _number(words: str) -> int:
    """-1, which no day, month or hour is, where the characters make no number."""
    number = read_number(words)
    return -1 if number is None else number
