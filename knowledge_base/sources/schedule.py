"""Decide when a source is looked at next. Knows nothing of storage; a day begins at midnight in China."""

from __future__ import annotations

from datetime import datetime, timedelta

from knowledge_base.china_time import CHINA_TIME
from knowledge_base.sources.models import Pace, Schedule, Source

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def next_run(source: Source, last_started: datetime | None) -> datetime | None:
    """The moment of the next run, which lies in the past where it was missed: however many were missed, one run makes up for them.

    None for a source that is disabled or looked at by hand only. A new or changed source waits for its hour; an hourly one begins at once.
    """
    schedule = source.schedule
    if not source.enabled or schedule.pace is Pace.OFF:
        return None
    since = max(source.changed_at, last_started) if last_started else source.changed_at
    if schedule.pace is Pace.HOURLY:
        return last_started + _HOUR if last_started else source.changed_at
    return _next_slot(schedule, since)


def in_words(schedule: Schedule) -> str:
    if schedule.pace is Pace.DAILY:
        return f"每天 {schedule.hour:02d}:00"
    if schedule.pace is Pace.WEEKLY:
        return f"每周{'一二三四五六日'[schedule.weekday]} {schedule.hour:02d}:00"
    return schedule.pace.label


def _next_slot(schedule: Schedule, after: datetime) -> datetime:
    local = after.astimezone(CHINA_TIME)
    slot = local.replace(hour=schedule.hour, minute=0, second=0, microsecond=0)
    if schedule.pace is Pace.WEEKLY:
        slot += _DAY * ((schedule.weekday - slot.weekday()) % 7)
    step = _DAY * (7 if schedule.pace is Pace.WEEKLY else 1)
    return slot if slot > local else slot + step
