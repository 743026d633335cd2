"""A WorkingCalendar without holidays: Monday to Friday of every year it knows."""

from __future__ import annotations

from datetime import date, timedelta

from assistant.hotline.models import Deadline

_DAY = timedelta(days=1)


class WeekdayCalendar:
    def __init__(self, last_known_year: int = 2026) -> None:
        self._last_known_year = last_known_year

    def due(self, received_on: date, working_days: int) -> Deadline:
        day, left = received_on, working_days
        while left > 0:
            day += _DAY
            left -= self.is_working_day(day)
        warning = f"{day.year}年的放假安排尚未公布，期限按周一至周五推算。" if day.year > self._last_known_year else ""
        return Deadline(day, working_days, warning)

    def working_days_left(self, today: date, due_on: date) -> int:
        if today > due_on:
            return min(-1, -self._between(due_on, today))
        return self._between(today, due_on)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5

    def _between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`."""
        return sum(self.is_working_day(start + _DAY * ahead) for ahead in range(1, (end - start).days + 1))
