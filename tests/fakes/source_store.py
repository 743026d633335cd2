"""A SourceStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from threading import RLock

from knowledge_base.sources.errors import SourceBusy, SourceChanged, UnknownSource
from knowledge_base.sources.models import ItemFilter, ItemState, RunState, Source, SourceItem, SourceRun


class MemorySourceStore:
    def __init__(self) -> None:
        self._sources: dict[str, Source] = {}
        self._items: dict[tuple[str, str], SourceItem] = {}
        self._runs: dict[str, SourceRun] = {}
        self._lock = RLock()

    def add(self, source: Source) -> None:
        with self._lock:
            self._sources[source.id] = source

    def replace(self, source: Source) -> None:
        with self._lock:
            if self.source(source.id).version != source.version - 1:
                raise SourceChanged(source.id)
            self._sources[source.id] = source

    def remove(self, source_id: str, version: int, at: datetime) -> None:
        with self._lock:
            if self.source(source_id).version != version:
                raise SourceChanged(source_id)
            del self._sources[source_id]

    def source(self, source_id: str) -> Source:
        try:
            return self._sources[source_id]
        except KeyError:
            raise UnknownSource(source_id) from None

    def sources(self) -> tuple[Source, ...]:
        with self._lock:
            return tuple(sorted(self._sources.values(), key=lambda source: (source.label, source.id)))

    def save_item(self, item: SourceItem) -> None:
        with self._lock:
            self._items[item.source_id, item.address] = item

    def item(self, source_id: str, address: str) -> SourceItem | None:
        return self._items.get((source_id, address))

    def items(self, source_id: str, wanted: ItemFilter) -> tuple[SourceItem, ...]:
        found = sorted(self._wanted(source_id, wanted), key=lambda item: item.address)
        found.sort(key=lambda item: item.changed_at or item.first_seen, reverse=True)
        return tuple(found[wanted.offset : wanted.offset + wanted.limit])

    def count_items(self, source_id: str, wanted: ItemFilter) -> int:
        return len(self._wanted(source_id, wanted))

    def item_counts(self, source_id: str, run_id: str = "") -> dict[ItemState, int]:
        with self._lock:
            of_source = [item for item in self._items.values() if item.source_id == source_id]
        return dict(Counter(item.state for item in of_source if run_id in {"", item.run_id}))

    def unseen_items(self, source_id: str, run_id: str) -> tuple[SourceItem, ...]:
        found = [i for i in self._wanted(source_id, ItemFilter()) if i.run_id != run_id and i.state is not ItemState.WITHDRAWN]
        return tuple(sorted(found, key=lambda item: item.address))

    def start_run(self, run: SourceRun) -> None:
        with self._lock:
            if self.open_run(run.source_id) is not None:
                raise SourceBusy(run.source_id)
            self._runs[run.id] = run

    def open_run(self, source_id: str) -> SourceRun | None:
        with self._lock:
            return next((run for run in self._runs.values() if run.source_id == source_id and run.ended_at is None), None)

    def hold_run(self, run_id: str, holder: str, before: str, until: datetime | None) -> bool:
        with self._lock:
            run = self._runs[run_id]
            if run.ended_at is not None or run.holder != before:
                return False
            self._runs[run_id] = replace(run, holder=holder, held_until=until, state=RunState.RUNNING)
            return True

    def note_progress(self, run: SourceRun) -> SourceRun:
        with self._lock:
            kept = self._runs[run.id]
            if kept.ended_at is not None or kept.holder != run.holder:
                raise SourceBusy(run.source_id)
            self._runs[run.id] = replace(kept, doing=run.doing, done=run.done, total=run.total, held_until=run.held_until)
            return replace(run, cancelled_by=kept.cancelled_by)

    def ask_to_cancel(self, run_id: str, by: str) -> None:
        with self._lock:
            if self._runs[run_id].ended_at is None:
                self._runs[run_id] = replace(self._runs[run_id], cancelled_by=by)

    def end_run(self, run: SourceRun) -> None:
        with self._lock:
            if self._runs[run.id].ended_at is None:
                self._runs[run.id] = run

    def runs(self, source_id: str, limit: int = 20) -> tuple[SourceRun, ...]:
        with self._lock:
            newest = sorted(self._runs.values(), key=lambda run: (run.started_at, run.id), reverse=True)
        return tuple(run for run in newest if run.source_id == source_id)[:limit]

    def _wanted(self, source_id: str, wanted: ItemFilter) -> list[SourceItem]:
        with self._lock:
            found = [item for item in self._items.values() if item.source_id == source_id]
        words = wanted.words.casefold()
        return [
            item
            for item in found
            if wanted.state in {None, item.state}
            and (words in item.title.casefold() or words in item.address.casefold())
            and (not wanted.unchecked or (item.state is ItemState.WITHDRAWN and not item.checked_by and item.upload_id))
        ]
