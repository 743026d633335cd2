"""Which department a request belongs to: the values and the port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from assistant.models import DepartmentCard


@dataclass(frozen=True, slots=True)
class RoutedDepartment:
    """`confidence` in 0..1; `reasons` are Chinese sentences for the operator, the weightiest first."""

    department: DepartmentCard
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routing:
    """`candidates` are at most three, best first. `lead` is the first of them, None where nothing fits.

    `supporting` are departments of a joint matter (协办). `automatic`: sure enough to dispatch without a person.
    """

    candidates: tuple[RoutedDepartment, ...]
    lead: RoutedDepartment | None
    supporting: tuple[RoutedDepartment, ...]
    automatic: bool


class DepartmentRouter(Protocol):
    """Safe to call from many threads."""

    def route(self, text: str, jurisdiction: str | None, *, title: str = "", evidence: Sequence[str] = ()) -> Routing:
        """`text` is masked. `evidence` are ids of departments of the passages and guides found for it, best first."""


class ExampleSource(StrEnum):
    """Where a routing example comes from."""

    FILE = "file"
    SENT_BACK = "sent_back"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class RoutingExample:
    """A masked message that belongs to a department, or (`belongs` False) was sent back by it."""

    text: str
    department_id: str
    belongs: bool
    source: ExampleSource
    order_number: str
    added_at: datetime


class RoutingExampleStore(Protocol):
    """What people decided about past requests."""

    def add(self, example: RoutingExample) -> None: ...

    def all(self) -> tuple[RoutingExample, ...]:
        """Oldest first."""
