"""What hotline work needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from assistant.hotline.models import Contact, Deadline, OrderFilter, WorkOrder


class WorkOrderStore(Protocol):
    """Orders with their history. Texts arrive masked, contacts sealed."""

    def next_number(self, day: date) -> str:
        """GD + day + five digits, e.g. GD20261122-00017; never the same twice, also across processes."""

    def add(self, order: WorkOrder) -> None:
        """Raises SentBefore where an order of the same `origin.sending` is there; "" is nobody's and never the same."""

    def save(self, order: WorkOrder) -> None:
        """`order.version` is one more than the stored one. Raises OrderChanged where somebody else was faster, UnknownOrder."""

    def get(self, number: str) -> WorkOrder:
        """Raises UnknownOrder."""

    def find(self, wanted: OrderFilter) -> tuple[WorkOrder, ...]:
        """Those due soonest first, then the newest."""

    def count(self, wanted: OrderFilter) -> int:
        """How many `find` would give without limit and offset."""


class ContactVault(Protocol):
    """Seals contacts for storage. Losing its key loses the contacts, nothing else."""

    def seal(self, contact: Contact) -> str: ...

    def open(self, sealed: str) -> Contact:
        """Raises SealBroken."""

    def digest(self, text: str) -> str:
        """A keyed digest: equal for equal text, says nothing without the key. "" for ""."""


class WorkingCalendar(Protocol):
    """Working days of the Chinese calendar with 调休."""

    def due(self, received_on: date, working_days: int) -> Deadline:
        """The day on which `working_days` working days after `received_on` (not counted) have passed. Warns for a year it does not know."""

    def working_days_left(self, today: date, due_on: date) -> int:
        """Working days after `today` up to and including `due_on`; negative where it has passed."""

    def is_working_day(self, day: date) -> bool: ...


class ClassSuggester(Protocol):
    """The catalogue of matters (诉求分类) that orders are filed under."""

    def suggest(self, text: str, limit: int = 3) -> tuple[tuple[tuple[str, ...], float], ...]:
        """The nearest classes, best first, with a nearness that only ranks them."""


class OrderAnnouncer(Protocol):
    """Told of every move after it is stored (webhooks, live pages). Must not raise: a lost announcement is retried, not the move."""

    def announce(self, order: WorkOrder) -> None: ...


class OrderExporter(Protocol):
    """Writes orders for other systems and for people; contacts stay masked."""

    media_type: str
    suffix: str

    def export(self, orders: Sequence[WorkOrder]) -> bytes: ...
