"""Frozen values of sources: what is looked at and when, what was found there, and each run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from knowledge_base.models import NATION_CODE


class SourceKind(StrEnum):
    FOLDER = "folder"
    SITEMAP = "sitemap"
    LIST_PAGE = "list_page"
    FEED = "feed"

    @property
    def label(self) -> str:
        return {"folder": "文件夹", "sitemap": "网站地图", "list_page": "列表页", "feed": "订阅源"}[self.value]

    @property
    def lists_everything(self) -> bool:
        """Whether what is not listed is not there any more; feeds and list pages show the newest only."""
        return self in {SourceKind.FOLDER, SourceKind.SITEMAP}


class Pace(StrEnum):
    OFF = "off"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"

    @property
    def label(self) -> str:
        return {"off": "只在手动时", "hourly": "每小时", "daily": "每天", "weekly": "每周"}[self.value]


@dataclass(frozen=True, slots=True)
class Schedule:
    """`hour` 0 to 23 in China for DAILY and WEEKLY; `weekday` 0 (Monday) to 6 for WEEKLY."""

    pace: Pace = Pace.OFF
    hour: int = 3
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """`address` is a folder's path, or the address of the sitemap, the list page or the feed.

    `include` and `exclude` are patterns of addresses: words that must occur, `*` for anything; without `include` everything on the same
    site. `link_selector` is a CSS selector of the part of a list page that holds the links, "" for the whole page; `more_pages` the address
    of its further pages with {n} for the number, "" to follow 下一页. `delay_s` lies at least between two requests, `max_items` is the most
    that is looked at in one run. `jurisdiction` and `topics` are proposed where a document says nothing of its own.
    `version` grows with every change; `changed_at` is when the last one was.
    """

    id: str
    version: int
    kind: SourceKind
    label: str
    address: str
    changed_at: datetime
    jurisdiction: str = NATION_CODE
    topics: tuple[str, ...] = ()
    schedule: Schedule = Schedule()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    link_selector: str = ""
    more_pages: str = ""
    delay_s: float = 2.0
    max_items: int = 500
    enabled: bool = True


class ItemState(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return {"new": "新增", "changed": "有变化", "unchanged": "没有变化", "withdrawn": "已撤下", "failed": "没有取到"}[self.value]


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One file or page of a source, as the last run that looked at it left it.

    `digest` is the SHA-256 of its bytes, `text_digest` of its text without the counters and dates of a page's frame ("" where it has none
    that can be read here). `listed_as` is what the listing said of its age; `etag` and `last_modified` are the server's. `missing_runs`
    counts runs in a row that did not find it listed. `reason` says in Chinese why it FAILED or is WITHDRAWN. `upload_id` is the newest file
    received from here. `checked_by` names who has looked at the withdrawal, "" for nobody yet.
    """

    source_id: str
    address: str
    state: ItemState
    first_seen: datetime
    last_seen: datetime
    run_id: str
    title: str = ""
    digest: str = ""
    text_digest: str = ""
    etag: str = ""
    last_modified: str = ""
    listed_as: str = ""
    fetched_at: datetime | None = None
    changed_at: datetime | None = None
    missing_runs: int = 0
    reason: str = ""
    upload_id: str = ""
    checked_by: str = ""
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """`unchecked`: withdrawn, and nobody has looked at it yet. `words` must occur in the title or the address."""

    state: ItemState | None = None
    unchecked: bool = False
    words: str = ""
    limit: int = 50
    offset: int = 0


class RunState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return {"waiting": "等待开始", "running": "正在获取", "done": "已完成", "failed": "没有完成", "cancelled": "已取消"}[self.value]

    @property
    def is_over(self) -> bool:
        return self in {RunState.DONE, RunState.FAILED, RunState.CANCELLED}


@dataclass(frozen=True, slots=True)
class RunCounts:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    failed: int = 0

    @property
    def looked_at(self) -> int:
        return self.new + self.changed + self.unchanged + self.failed


@dataclass(frozen=True, slots=True)
class SourceRun:
    """One look at a source, from being asked for to its end. `sentence` says in Chinese what came of it, `failure` why it broke off.

    While it runs: `doing` in words, `done` of `total` (0: not known yet). `holder` is the process that works at it, until `held_until` at
    most; after that, or when the process is gone, another may go on. `cancelled_by` names who wants it to end.
    """

    id: str
    source_id: str
    started_at: datetime
    state: RunState
    started_by: str
    ended_at: datetime | None = None
    counts: RunCounts = field(default_factory=RunCounts)
    sentence: str = ""
    failure: str = ""
    doing: str = ""
    done: int = 0
    total: int = 0
    holder: str = ""
    held_until: datetime | None = None
    cancelled_by: str = ""


@dataclass(frozen=True, slots=True)
class SourceOverview:
    """A source with its newest run and when the next is due, None for never. `counts` of items by state; `unchecked` withdrawals."""

    source: Source
    last_run: SourceRun | None
    next_run: datetime | None
    counts: dict[ItemState, int]
    unchecked: int


@dataclass(frozen=True, slots=True)
class Listed:
    """An address as the listing gives it. `listed_as` is its mark of age there, "" for none: what carries the same mark is not fetched."""

    address: str
    title: str = ""
    listed_as: str = ""


@dataclass(frozen=True, slots=True)
class TrialEntry:
    """One address of a trial. `outcome` is a Chinese sentence; "" where the trial did not fetch it."""

    address: str
    title: str
    outcome: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run would find now. `more`: there is more than what is shown. `failure` says why nothing could be listed."""

    entries: tuple[TrialEntry, ...]
    more: bool = False
    failure: str = ""
