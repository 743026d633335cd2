"""One piece of work on the index (索引任务): its value, and the port that keeps the history."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class RunState(StrEnum):
    """READY: built and verified, and waiting for somebody to switch to it or to discard it."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_over(self) -> bool:
        return self in (RunState.DONE, RunState.FAILED, RunState.CANCELLED)


_LABELS = {
    RunState.WAITING: "等待开始",
    RunState.RUNNING: "正在进行",
    RunState.READY: "等待确认切换",
    RunState.DONE: "已完成",
    RunState.FAILED: "未成功",
    RunState.CANCELLED: "已取消",
}


@dataclass(frozen=True, slots=True)
class RunCounts:
    """Passages by what became of them, and vectors by where they came from."""

    added: int = 0
    replaced: int = 0
    removed: int = 0
    unchanged: int = 0
    embedded: int = 0
    from_cache: int = 0


@dataclass(frozen=True, slots=True)
class ContentMark:
    """What the policy base held: revisions are only ever added, and guides are told by a digest over their passages."""

    revisions: int = 0
    guides: str = ""


@dataclass(frozen=True, slots=True)
class IndexingRun:
    """`why` is who or what gave the occasion; `compare`: it is to stop before the switch. `step`, `done` and `total` tell how far it is.

    `snapshot_before` answered when it began, `snapshot_after` is what it built or switched to; "" for none. `sentence` tells its end.
    """

    id: int
    why: str
    asked_by: str
    asked_at: datetime
    state: RunState = RunState.WAITING
    compare: bool = False
    step: str = ""
    done: int = 0
    total: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    snapshot_before: str = ""
    snapshot_after: str = ""
    counts: RunCounts = field(default_factory=RunCounts)
    content: ContentMark = field(default_factory=ContentMark)
    sentence: str = ""
    stop_asked_by: str = ""


class IndexingRunStore(Protocol):
    """Shared by all processes. Every method raises StoreUnavailable."""

    def add(self, by: str, why: str, at: datetime, *, compare: bool = False) -> IndexingRun:
        """Waiting."""

    def save(self, run: IndexingRun) -> None:
        """Everything but `stop_asked_by`."""

    def note_progress(self, run_id: int, step: str, done: int, total: int) -> str:
        """Returns `stop_asked_by`."""

    def ask_to_stop(self, run_id: int, by: str) -> None: ...

    def get(self, run_id: int) -> IndexingRun | None: ...

    def newest(self, limit: int) -> tuple[IndexingRun, ...]:
        """Newest first."""

    def in_states(self, states: Collection[RunState]) -> tuple[IndexingRun, ...]:
        """Oldest first."""

    def made(self, snapshot_id: str) -> IndexingRun | None:
        """The newest with this `snapshot_after`: the one that knows best what the snapshot holds."""
