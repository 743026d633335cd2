"""What ratings need from outside."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from assistant.ratings.models import RatedCase, Rating, TakenUp


class RatingStore(Protocol):
    """Ratings, and which answers have become cases. A later rating by the same person replaces the earlier, which is kept as history.

    Comments arrive masked.
    """

    def add(self, rating: Rating) -> None:
        """Durable on return. Raises UnknownAnswer."""

    def of(self, answer_id: str) -> tuple[Rating, ...]:
        """The one that stands of each person, by when it was given."""

    def history(self, answer_id: str) -> tuple[Rating, ...]:
        """Every one ever given, oldest first."""

    def of_answers(self, answer_ids: Collection[str]) -> Mapping[str, tuple[Rating, ...]]:
        """As `of`; answers that nobody rated are left out."""

    def since(self, moment: datetime) -> tuple[Rating, ...]:
        """Those that stand and were given at `moment` or later, oldest first."""

    def take_up(self, answer_id: str, by: str, at: datetime) -> TakenUp:
        """Raises TakenUpBefore, also across processes."""

    def leave(self, answer_id: str) -> None:
        """As if it had never been taken up; its number is not given again."""

    def taken_up(self, answer_id: str) -> TakenUp | None: ...


class CaseShelf(Protocol):
    """Where cases are written for `zhengwen evaluate golden --folder`."""

    @property
    def place(self) -> str:
        """Told to people."""

    def write(self, case_id: str, answer_id: str, case: RatedCase) -> None:
        """Durable on return. Raises CaseNotWritten."""

    def remove(self, answer_ids: Collection[str]) -> int:
        """How many cases were taken from these answers and are gone now. Raises CaseNotWritten."""
