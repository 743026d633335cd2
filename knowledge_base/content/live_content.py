"""What is edited acts in every process: a value made of the entries that stand, made again when their version number moves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

import structlog

from knowledge_base.content.models import EntryState, Row
from knowledge_base.content.ports import ContentStore
from knowledge_base.content.standing import live_rows
from knowledge_base.errors import StoreUnavailable

_Made = TypeVar("_Made")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_Kept = tuple[int, Mapping[str, Row], _Made]
_log = structlog.get_logger(__name__)
CHECK_EVERY_S = 0.5
"""As for a new index snapshot: a change is seen within half a second, and a question costs no more than one look at a number."""


class LiveContent(Generic[_Made]):
    """Call it for the present value. Safe to share between threads; those who ask while it is made anew get the one before.

    `make` gets what stands by key. Where it fails or the store is away, the last value goes on, at first that of the program alone.
    `shipped` gives the same object for as long as what comes with the program is the same.
    """

    def __init__(
        self,
        store: ContentStore,
        kind: str,
        shipped: Callable[[], Mapping[str, Row]],
        make: Callable[[Mapping[str, Row]], _Made],
        *,
        check_every_s: float = CHECK_EVERY_S,
    ) -> None:
        self._store, self._kind, self._shipped, self._make = store, kind, shipped, make
        self._check_every_s, self._next_check = check_every_s, 0.0
        self._kept: _Kept[_Made] | None = None
        self._making = threading.Lock()

    def __call__(self) -> _Made:
        return self._present()[2]

    def number(self) -> int:
        """The version that the present value was made from."""
        return self._present()[0]

    def _present(self) -> _Kept[_Made]:
        kept = self._kept
        if kept is not None and (time.monotonic() < self._next_check or not self._making.acquire(blocking=False)):
            return kept
        if kept is None:
            self._making.acquire()
        try:
            self._kept = found = self._fresh(self._kept)
            self._next_check = time.monotonic() + self._check_every_s
            return found
        finally:
            self._making.release()

    def _fresh(self, kept: _Kept[_Made] | None) -> _Kept[_Made]:
        shipped = self._shipped()
        try:
            number = self._store.number(self._kind)
            if kept is not None and kept[0] == number and kept[1] is shipped:
                return kept
            # Read second: a change in between makes the entries newer than the number, which costs one more reading.
            states: Mapping[str, EntryState] = {key: entry.state for key, entry in self._store.states(self._kind).items()}
        except StoreUnavailable as error:
            if kept is None:
                raise
            _log.warning("content_not_read", kind=self._kind, reason=str(error))
            return kept
        try:
            return number, shipped, self._make(live_rows(shipped, states))
        except Exception as error:  # whatever an entry does to its reader, questions must be answered
            _log.error("content_not_usable", kind=self._kind, number=number, error=type(error).__name__)
            return number, shipped, kept[2] if kept is not None else self._make(shipped)


class LiveMapping(Mapping[_Key, _Value]):
    """A mapping that is always the present one, for those who keep it for as long as the process lives."""

    def __init__(self, current: Callable[[], Mapping[_Key, _Value]]) -> None:
        self._current = current

    def __getitem__(self, key: _Key) -> _Value:
        return self._current()[key]

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())
