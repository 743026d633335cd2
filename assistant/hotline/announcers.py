"""Tells everyone who wants to know of a move. What goes wrong while telling never undoes the move."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from assistant.hotline.models import WorkOrder
from assistant.hotline.ports import OrderAnnouncer

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Announcers:
    """An OrderAnnouncer of announcers, in this order; none is fine."""

    told: tuple[OrderAnnouncer, ...] = ()

    def announce(self, order: WorkOrder) -> None:
        for announcer in self.told:
            try:
                announcer.announce(order)
            except Exception as error:  # a broken listener is its own trouble: the move is stored
                _log.exception("announcement_failed", number=order.number, error=type(error).__name__)
