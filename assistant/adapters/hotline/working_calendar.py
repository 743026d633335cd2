"""Working days of the Chinese calendar: weekends, public holidays and the working weekends that make up for them (调休)."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from assistant.hotline.models import Deadline

_DAY = timedelta(days=1)
_FRIDAY = 4
_UNKNOWN_YEAR = "工作日历里还没有{years}年的放假安排，期限暂按周一至周五计算，可能与实际相差几天；请管理员在放假通知公布后升级程序。"


class ChineseWorkingCalendar:
    """A WorkingCalendar on the State Council's yearly notices, as the library `chinesecalendar` knows them (2004 to this year or the next).

    In a year without a notice every Monday to Friday counts: public holidays then make a promise shorter, never longer.
    """

    def due(self, received_on: date, working_days: int) -> Deadline:
        day, left = received_on, working_days
        while left > 0:
            day += _DAY
            left -= self.is_working_day(day)
        unknown = [str(year) for year in range((received_on + _DAY).year, day.year + 1) if not _knows(year)]
        return Deadline(day, working_days, _UNKNOWN_YEAR.format(years="、".join(unknown)) if unknown else "")

    def working_days_left(self, today: date, due_on: date) -> int:
        """At most -1 once `due_on` has passed, also where only days off lie between."""
        if today > due_on:
            return min(-1, -self._between(due_on, today))
        return self._between(today, due_on)

    def is_working_day(self, day: date) -> bool:
        return bool(chinese_calendar.is_workday(day)) if _knows(day.year) else day.weekday() <= _FRIDAY

    def _between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`."""
        return sum(self.is_working_day(start + _DAY * ahead) for ahead in range(1, (end - start).days + 1))


def _knows(year: int) -> bool:
    try:
        # New Year's Day stands in every notice.
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
