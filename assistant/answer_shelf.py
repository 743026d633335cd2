"""Where answers given lately stand: the key that finds one, and the shelf of a single process."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assistant.models import AnswerRecord


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What an answer depends on beside its question. `stamp` moves with every change of documents, guides, departments and content."""

    stamp: str
    snapshot_id: str


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """A guide answers for the day of asking only, and a day of release is reached by the calendar: hence `asked_on`."""

    text: str
    jurisdiction: str | None
    as_of: date
    asked_on: date
    circumstances: Circumstances
    versions: tuple[tuple[str, str], ...]


class AnswerShelf(Protocol):
    """Records of the last questions, the least recently asked forgotten first. Raises nothing: what cannot be reached holds nothing."""

    def find(self, key: AnswerKey) -> AnswerRecord | None:
        """Counts as asked just now."""

    def keep(self, key: AnswerKey, record: AnswerRecord) -> None:
        """In place of what stood under the key."""

    def clear(self) -> None:
        """Nothing kept before is found again."""

    def __len__(self) -> int: ...


class MemoryAnswerShelf:
    """Of this process. Safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._records: OrderedDict[AnswerKey, AnswerRecord] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: AnswerKey) -> AnswerRecord | None:
        with self._lock:
            found = self._records.get(key)
            if found is not None:
                self._records.move_to_end(key)
        return found

    def keep(self, key: AnswerKey, record: AnswerRecord) -> None:
        with self._lock:
            self._records[key] = record
            self._records.move_to_end(key)
            while len(self._records) > self._size:
                self._records.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._records.clear()

    def __len__(self) -> int:
        return len(self._records)
