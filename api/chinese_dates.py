"""Days and moments as people read them, in China's time."""

from __future__ import annotations

from datetime import date, datetime

from assistant.models import CHINA_TIME


def chinese_day(day: date | datetime | None) -> str:
    """2026年1月31日; "" for None."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def chinese_clock(moment: datetime) -> str:
    """15:04, in China."""
    return f"{moment.astimezone(CHINA_TIME):%H:%M}"


def chinese_moment(moment: datetime) -> str:
    """2026年1月31日 15:04, in China."""
    return f"{chinese_day(moment.astimezone(CHINA_TIME))} {chinese_clock(moment)}"
