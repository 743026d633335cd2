"""A value made on first use and once only: a command that lists policies must not wait for a language model to load."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Deferred(Generic[Made]):
    """Call it for the value. Safe from many threads; a failed attempt is tried again at the next call."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make, self._lock = make, Lock()
        self._made: tuple[Made] | None = None

    def __call__(self) -> Made:
        with self._lock:
            if self._made is None:
                self._made = (self._make(),)
            return self._made[0]
