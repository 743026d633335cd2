"""What was read once and cannot change: the most recently used of it stays in memory, up to a size."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def _one(_: object) -> int:
    return 1


class Kept(Generic[Key, Value]):
    """Up to `most` of what `size_of` counts, together. Safe from many threads."""

    def __init__(self, most: int, size_of: Callable[[Value], int] = _one) -> None:
        self._most, self._size_of, self._size = most, size_of, 0
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """Those that are there."""
        with self._lock:
            found = {key: self._values[key] for key in keys if key in self._values}
            for key in found:
                self._values.move_to_end(key)
        return found

    def keep(self, values: Mapping[Key, Value]) -> None:
        with self._lock:
            for key, value in values.items():
                if key not in self._values:
                    self._size += self._size_of(value)
                    self._values[key] = value
            while self._size > self._most and self._values:
                self._size -= self._size_of(self._values.popitem(last=False)[1])

    def keys(self) -> list[Key]:
        """Least recently used first."""
        with self._lock:
            return list(self._values)
