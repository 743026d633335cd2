"""A clock that tests move by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovingClock:
    def __init__(self, now: datetime = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)) -> None:
        self._now = now

    def __call__(self) -> datetime:
        return self._now

    def forward(self, **amount: float) -> None:
        """Takes what timedelta takes."""
        self._now += timedelta(**amount)
