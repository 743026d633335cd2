"""While one question is answered the catalogue is read once: what a store said holds to the end of the reading, and no longer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

_Value = TypeVar("_Value")
_said: ContextVar[dict[Hashable, Any] | None] = ContextVar("said", default=None)


@contextmanager
def one_reading() -> Iterator[None]:
    """Of the calling thread alone. Inside another reading it changes nothing."""
    if _said.get() is not None:
        yield
        return
    token = _said.set({})
    try:
        yield
    finally:
        _said.reset(token)


def read_once(what: Hashable, read: Callable[[], _Value]) -> _Value:
    """`read()`, or what it gave before in the same reading. `what` names the store and what is asked of it."""
    said = _said.get()
    if said is None:
        return read()
    if what not in said:
        said[what] = read()
    found: _Value = said[what]
    return found


def forget_reading() -> None:
    """For a store that writes: what was read before is not what stands now."""
    said = _said.get()
    if said is not None:
        said.clear()
