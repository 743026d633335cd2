"""An OrderAnnouncer that remembers what it was told."""

from __future__ import annotations

from assistant.hotline.models import WorkOrder


class MemoryAnnouncer:
    def __init__(self) -> None:
        self.announced: list[WorkOrder] = []

    def announce(self, order: WorkOrder) -> None:
        self.announced.append(order)
