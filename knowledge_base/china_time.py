"""The time of China: validity and publication count in its days, wherever the machine stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA_TIME = timezone(timedelta(hours=8), "CST")


def china_day(moment: datetime) -> date:
    """The date in China at a timezone-aware moment."""
    return moment.astimezone(CHINA_TIME).date()
