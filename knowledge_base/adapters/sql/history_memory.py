"""Keeps the histories of documents read lately. Revisions are only ever added, so a history of the right length is the right one."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from knowledge_base.models import DocumentRevision

History = tuple[DocumentRevision, ...]


class HistoryMemory:
    """At most `size` documents, those asked for longest ago go first. Safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, Lock()
        self._kept: OrderedDict[str, History] = OrderedDict()

    def find(self, document_id: str, revisions: int) -> History | None:
        """The history if it has that many revisions."""
        with self._lock:
            history = self._kept.get(document_id)
            if history is None or len(history) != revisions:
                return None
            self._kept.move_to_end(document_id)
            return history

    def keep(self, document_id: str, history: History) -> None:
        with self._lock:
            self._kept[document_id] = history
            self._kept.move_to_end(document_id)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
