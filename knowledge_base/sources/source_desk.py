"""Sources as an administrator handles them: add, change, switch off, remove, try out, fetch now or by schedule, cancel, look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.ports import Clock
from knowledge_base.sources import schedule
from knowledge_base.sources.errors import InvalidSource, NothingRunning, SourceBusy, SourceSwitchedOff, UnknownSource
from knowledge_base.sources.models import ItemFilter, ItemState, RunState, Source, SourceItem, SourceOverview, SourceRun, Trial
from knowledge_base.sources.ports import Holders, Places, Receiver, SourceStore
from knowledge_base.sources.source_check import checked
from knowledge_base.sources.source_rules import SourceRules
from knowledge_base.sources.source_visit import Cancelled, SourceVisit, VisitParts
from knowledge_base.sources.trial import try_out

FETCH_TASK = "fetch_source"
BY_SCHEDULE = "定时"


@dataclass(frozen=True)
class SourceDesk:
    """`submit` puts (task, argument) into the queue of background work; FETCH_TASK comes back as `run`."""

    store: SourceStore
    places: Places
    receiver: Receiver
    submit: Callable[[str, str], None]
    clock: Clock
    rules: SourceRules
    holders: Holders

    def add(self, source: Source) -> Source:
        """`id`, `version` and `changed_at` are given here. Raises InvalidSource."""
        added = self._checked(replace(source, id=uuid4().hex[:12], version=1, changed_at=self.clock()))
        self.store.add(added)
        return added

    def change(self, source: Source) -> Source:
        """`source.version` is the one that was looked at. Raises InvalidSource, UnknownSource, SourceChanged."""
        changed = self._checked(replace(source, version=source.version + 1, changed_at=self.clock()))
        self.store.replace(changed)
        return changed

    def switch(self, source_id: str, version: int, *, enabled: bool) -> Source:
        """Disabled it is not fetched, by schedule or by hand; what was found stays. Raises UnknownSource, SourceChanged."""
        source = replace(self.source(source_id), version=version + 1, enabled=enabled, changed_at=self.clock())
        self.store.replace(source)
        return source

    def remove(self, source_id: str, version: int, by: str, reason: str) -> Source:
        """Ends a run that goes on. Raises InvalidSource without a reason, UnknownSource, SourceChanged."""
        if not reason.strip():
            raise InvalidSource("reason", "请写明移除这个来源的原因。")
        source = self.source(source_id)
        self.store.remove(source_id, version, self.clock())
        run = self.store.open_run(source_id)
        if run is not None:
            self._ask_to_cancel(run, by)
        return source

    def source(self, source_id: str) -> Source:
        """Raises UnknownSource."""
        return self.store.source(source_id)

    def overview(self, source_id: str) -> SourceOverview:
        """Raises UnknownSource."""
        return self._overview(self.source(source_id))

    def overviews(self) -> tuple[SourceOverview, ...]:
        return tuple(self._overview(source) for source in self.store.sources())

    def items(self, source_id: str, wanted: ItemFilter) -> tuple[SourceItem, ...]:
        return self.store.items(source_id, wanted)

    def count_items(self, source_id: str, wanted: ItemFilter) -> int:
        return self.store.count_items(source_id, wanted)

    def runs(self, source_id: str, limit: int = 20) -> tuple[SourceRun, ...]:
        return self.store.runs(source_id, limit)

    def note_checked(self, source_id: str, address: str, by: str) -> SourceItem:
        """Somebody has looked at a withdrawal. Raises InvalidSource where nothing is withdrawn there."""
        item = self.store.item(source_id, address)
        if item is None or item.state is not ItemState.WITHDRAWN:
            raise InvalidSource("address", "这一项现在不是“已撤下”，不用核对。请刷新页面。")
        checked_item = replace(item, checked_by=by, checked_at=self.clock())
        self.store.save_item(checked_item)
        return checked_item

    def trial(self, source: Source) -> Trial:
        """What a run would find now; nothing is stored. Raises InvalidSource."""
        return try_out(self.places, self._checked(source), self.rules, self.clock)

    def request(self, source_id: str, by: str) -> SourceRun:
        """Has it fetched soon, in the background. Raises UnknownSource, SourceSwitchedOff, SourceBusy."""
        if not self.source(source_id).enabled:
            raise SourceSwitchedOff(source_id)
        run = SourceRun(uuid4().hex, source_id, self.clock(), RunState.WAITING, by)
        self.store.start_run(run)
        self.submit(FETCH_TASK, source_id)
        return run

    def cancel(self, source_id: str, by: str) -> SourceRun:
        """A run that waits ends at once, one that goes on before its next request. Raises NothingRunning."""
        run = self.store.open_run(source_id)
        if run is None:
            raise NothingRunning(source_id)
        return self._ask_to_cancel(run, by)

    def due(self, now: datetime) -> int:
        """Asks for what is due and has what was cut off go on; returns how many sources. Safe to call from several processes."""
        return sum(self._go_on(source, now) for source in self.store.sources())

    def run(self, source_id: str) -> SourceRun | None:
        """Works off the open run of a source; None where there is none, or where another process is at it."""
        run = self.store.open_run(source_id)
        if run is None or not self._is_free(run):
            return None
        self.holders.enter()
        until = self.clock() + timedelta(seconds=self.rules.hold_s)
        if not self.store.hold_run(run.id, self.holders.name, run.holder, until):
            return None
        held = replace(run, state=RunState.RUNNING, holder=self.holders.name, held_until=until)
        return self._work_off(held, resumed=run.state is RunState.RUNNING)

    def give_up(self, source_id: str) -> None:
        """Ends a run that ended its process again and again."""
        run = self.store.open_run(source_id)
        if run is not None:
            self._end(run, RunState.FAILED, "获取时程序多次中断，已停止重试。请查看服务日志，或排除有问题的网址后再试。")

    def _work_off(self, run: SourceRun, *, resumed: bool) -> SourceRun | None:
        parts = VisitParts(self.store, self.places, self.receiver, self.submit, self.clock, self.rules)
        try:
            source = self.source(run.source_id)
        except UnknownSource as removed:
            return self._end(run, RunState.CANCELLED, str(removed))
        visit = SourceVisit(parts, source, run, resumed=resumed)
        try:
            visit.beat("正在读取列表")
            ended = visit.go()
        except SourceBusy:
            return None
        except Cancelled:
            return self._end(visit.run, RunState.CANCELLED, f"已由{visit.run.cancelled_by}取消，取到的内容保留。")
        except KnowledgeBaseError as error:
            return self._end(visit.run, RunState.FAILED, str(error))
        except Exception as error:
            self._end(visit.run, RunState.FAILED, f"程序出错（{type(error).__name__}），请查看服务日志。")
            raise
        self.store.end_run(ended)
        return ended

    def _end(self, run: SourceRun, state: RunState, failure: str) -> SourceRun:
        ended = replace(run, state=state, failure=failure, doing="", ended_at=self.clock())
        self.store.end_run(ended)
        return ended

    def _ask_to_cancel(self, run: SourceRun, by: str) -> SourceRun:
        self.store.ask_to_cancel(run.id, by)
        if run.state is RunState.WAITING and self.store.hold_run(run.id, self.holders.name, run.holder, None):
            return self._end(replace(run, cancelled_by=by), RunState.CANCELLED, f"已由{by}取消，还没有开始。")
        return replace(run, cancelled_by=by)

    def _go_on(self, source: Source, now: datetime) -> bool:
        run = self.store.open_run(source.id)
        if run is not None:
            if run.state is RunState.WAITING or not self._is_free(run) or not self.store.hold_run(run.id, "", run.holder, None):
                return False
            self.submit(FETCH_TASK, source.id)
            return True
        last = next(iter(self.store.runs(source.id, 1)), None)
        moment = schedule.next_run(source, last.started_at if last else None)
        if moment is None or moment > now:
            return False
        try:
            self.request(source.id, BY_SCHEDULE)
        except (SourceBusy, SourceSwitchedOff, UnknownSource):
            return False
        return True

    def _is_free(self, run: SourceRun) -> bool:
        """Nobody works at it: it waits, its holder has ended, or nothing was heard of the holder for too long."""
        if not run.holder:
            return True
        alive = self.holders.is_alive(run.holder)
        if alive is None:
            return run.held_until is None or run.held_until <= self.clock()
        return not alive

    def _overview(self, source: Source) -> SourceOverview:
        last = next(iter(self.store.runs(source.id, 1)), None)
        following = schedule.next_run(source, last.started_at if last else None)
        unchecked = self.store.count_items(source.id, ItemFilter(unchecked=True))
        return SourceOverview(source, last, following, self.store.item_counts(source.id), unchecked)

    def _checked(self, source: Source) -> Source:
        tidy = checked(source, self.rules)
        self.places.check(tidy)
        return tidy
