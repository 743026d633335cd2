"""Values of the edited content: kinds and their columns, entries, versions, and what an import would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge_base.content.ports import ContentRules

Row = Mapping[str, str]
"""Cells by field; a cell of several values holds one per line. An empty cell is left out."""


class ColumnType(StrEnum):
    TEXT = "text"
    LONG = "long"
    LINES = "lines"
    CODE = "code"
    NUMBER = "number"
    PHONE = "phone"
    URL = "url"
    FLAG = "flag"
    CHOICE = "choice"
    REGION = "region"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Column:
    """`also`: other headings understood in a spreadsheet. `choices`: label by stored value. `fixed`: shown, set by the program alone.

    `listed`: stands in the list; `filtered`: the list can be narrowed by it; `longest`: characters.
    """

    name: str
    label: str
    type: ColumnType = ColumnType.TEXT
    required: bool = False
    help: str = ""
    also: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    width: int = 20
    listed: bool = False
    filtered: bool = False
    fixed: bool = False
    longest: int = 2000

    @property
    def several(self) -> bool:
        return self.type is ColumnType.LINES


@dataclass(frozen=True, slots=True)
class KindTable:
    """`keys`: the columns whose values together name an entry. `title`: the column an entry is called by.

    `drafts`: an entry can be saved without being live. `closed`: the entries are those of the program, their texts alone can be changed.
    `renamable`: the key is the content itself, so that it may be corrected. `indexed`: acts once the index has been refreshed.
    """

    id: str
    label: str
    unit: str
    duty: str
    keys: tuple[str, ...]
    title: str
    columns: tuple[Column, ...]
    explanation: tuple[str, ...] = ()
    drafts: bool = False
    closed: bool = False
    renamable: bool = False
    indexed: bool = False

    def key_of(self, row: Row) -> str:
        return "：".join(row.get(name, "") for name in self.keys)

    def column(self, name: str) -> Column:
        """Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True)
class ContentKind:
    """A kind with what judges its rows and what comes with the program (empty for kinds that are all the administrator's)."""

    table: KindTable
    rules: ContentRules
    shipped: Callable[[], Mapping[str, Row]]

    @property
    def id(self) -> str:
        return self.table.id


class Change(StrEnum):
    """Why a version was made."""

    SHIPPED = "shipped"
    SAVED = "saved"
    DRAFTED = "drafted"
    PUBLISHED = "published"
    REMOVED = "removed"
    RESET = "reset"
    IMPORTED = "imported"
    RESTORED = "restored"

    @property
    def label(self) -> str:
        return _CHANGES[self]


_CHANGES = {
    Change.SHIPPED: "随程序提供",
    Change.SAVED: "修改",
    Change.DRAFTED: "存为草稿",
    Change.PUBLISHED: "发布",
    Change.REMOVED: "删除",
    Change.RESET: "恢复默认",
    Change.IMPORTED: "表格导入",
    Change.RESTORED: "恢复旧版本",
}


@dataclass(frozen=True, slots=True)
class EntryState:
    """What has been made of an entry. `live` None: it was taken away, or never published. `shipped`: as it came, nobody edited it."""

    live: Row | None
    draft: Row | None = None
    shipped: bool = False


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """`number`: the version that changed it last."""

    state: EntryState
    number: int


@dataclass(frozen=True, slots=True)
class EntryChange:
    """None: nothing of one's own, what comes with the program stands."""

    key: str
    before: EntryState | None
    after: EntryState | None


@dataclass(frozen=True, slots=True)
class Author:
    """Who makes a change, by account name, and why."""

    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChangeNote:
    change: Change
    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """Numbered from 1 within its kind; `size` entries were touched. Never changed and never taken away."""

    kind: str
    number: int
    note: ChangeNote
    size: int


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """The rows of a spreadsheet as they were shown, by `digest`, so that what was looked at is what is applied."""

    digest: str
    kind: str
    name: str
    rows: tuple[PlacedCells, ...]
    complete: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlacedCells:
    """A row of a spreadsheet under field names. `line`: where it stands, as the program that shows it counts."""

    line: int
    cells: Row


class Origin(StrEnum):
    SHIPPED = "shipped"
    OWN = "own"
    CHANGED = "changed"
    REMOVED = "removed"
    DRAFT = "draft"

    @property
    def label(self) -> str:
        return _ORIGINS[self]


_ORIGINS = {
    Origin.SHIPPED: "随程序提供",
    Origin.OWN: "自行录入",
    Origin.CHANGED: "已修改",
    Origin.REMOVED: "已停用",
    Origin.DRAFT: "草稿",
}


@dataclass(frozen=True, slots=True)
class ContentEntry:
    """`number` is what a change is based on (0: nobody has changed it). `shipped`: what it would be without any change."""

    key: str
    live: Row | None
    draft: Row | None
    shipped: Row | None
    origin: Origin
    number: int

    @property
    def row(self) -> Row:
        """What a form shows: the draft where there is one."""
        return self.draft or self.live or self.shipped or {}


@dataclass(frozen=True, slots=True)
class EntryFault:
    """`field` "" where it is the row as a whole. `reason` says in Chinese what is wrong and what to do."""

    key: str
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """`place` as a person finds it: 第3行“电话”."""

    line: int
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}：{self.reason}"


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """How an entry differs; `title` names it for people. `word`: 新增、修改、删除、恢复默认、草稿."""

    key: str
    title: str
    word: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class ImportPreview:
    """What applying rows would change, computed against version `number`. With `faults` nothing can be applied."""

    number: int
    added: tuple[EntryDifference, ...]
    changed: tuple[EntryDifference, ...]
    removed: tuple[EntryDifference, ...]
    unchanged: int
    faults: tuple[RowFault, ...]
    states: Mapping[str, EntryState | None]

    @property
    def size(self) -> int:
        return len(self.added) + len(self.changed) + len(self.removed)
