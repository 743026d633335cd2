"""What a spreadsheet would change, row by row, before anybody confirms it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from knowledge_base.content.content_desk import ContentDesk, proposed
from knowledge_base.content.differences import entry_difference
from knowledge_base.content.errors import ContentConflict, FaultyEntry, UnknownEntry
from knowledge_base.content.models import (
    Author,
    ContentKind,
    ContentVersion,
    EntryFault,
    EntryState,
    ImportPreview,
    KeptEntry,
    KeptUpload,
    PlacedCells,
    Row,
    RowFault,
)
from knowledge_base.content.rows import cell_faults

STATE = "state"
"""The column that tells drafts from live entries, in kinds that have drafts."""
STATE_LABEL = "状态"
DRAFT, LIVE = "草稿", "已发布"


@dataclass(frozen=True)
class ContentImport:
    """Previews and applies uploads kept in the desk's store."""

    desk: ContentDesk

    def keep(self, upload: KeptUpload) -> None:
        self.desk.store.keep_upload(upload)

    def upload(self, kind_id: str, digest: str) -> KeptUpload:
        """Raises UnknownEntry."""
        found = self.desk.store.upload(digest)
        if found is None or found.kind != kind_id:
            raise UnknownEntry("这次上传的表格")
        return found

    def preview(self, kind_id: str, rows: Iterable[PlacedCells], *, complete: bool = False) -> ImportPreview:
        """`complete`: the file is all there is, so that entries it lacks would be taken away."""
        desk, kind = self.desk, self.desk.kind(kind_id)
        number, kept, shipped = desk.store.number(kind_id), desk.store.states(kind_id), kind.shipped()
        read = _ReadRows(desk, kind)
        read.take(rows)
        states = {key: state for key, state in read.states(kept, shipped).items() if not _stands(kept.get(key), state, shipped.get(key))}
        if complete:
            standing = {key for key, entry in kept.items() if entry.state.live is not None or entry.state.draft is not None}
            states |= {key: EntryState(None) for key in sorted({*standing, *shipped} - set(read.rows)) if key in _live(kept, shipped)}
        read.judge(states, kept, shipped)
        found = {key: entry_difference(kind.table, key, _state(kept.get(key)), state, shipped.get(key)) for key, state in states.items()}
        live = _live(kept, shipped)
        return ImportPreview(
            number=number,
            added=tuple(found[key] for key, state in states.items() if key not in live),
            changed=tuple(found[key] for key, state in states.items() if key in live and not _gone(state)),
            removed=tuple(found[key] for key, state in states.items() if key in live and _gone(state)),
            unchanged=len(read.rows) - sum(1 for key in states if key in read.rows),
            faults=tuple(sorted(read.faults, key=lambda fault: fault.line)),
            states=states,
        )

    def apply(self, kind_id: str, digest: str, number: int, by: Author) -> ContentVersion:
        """What was previewed against version `number`. Raises ContentConflict where others have changed it since, FaultyEntry,
        NothingToChange, UnknownEntry.
        """
        upload = self.upload(kind_id, digest)
        preview = self.preview(kind_id, upload.rows, complete=upload.complete)
        if preview.number != number:
            raise ContentConflict
        if preview.faults:
            raise FaultyEntry([EntryFault("", "", str(fault)) for fault in preview.faults])
        return self.desk.apply(kind_id, number, preview.states, replace(by, reason=by.reason or f"导入“{upload.name}”"))


class _ReadRows:
    """The rows of one file, settled and judged."""

    def __init__(self, desk: ContentDesk, kind: ContentKind) -> None:
        self._desk, self._kind = desk, kind
        self.rows: dict[str, Row] = {}
        self.faults: list[RowFault] = []
        self._lines: dict[str, int] = {}
        self._drafts: set[str] = set()

    def take(self, placed: Iterable[PlacedCells]) -> None:
        table = self._kind.table
        for item in placed:
            row = self._desk.settled(self._kind.id, item.cells)
            key = table.key_of(row)
            if any(not row.get(name) for name in table.keys):
                missing = next(name for name in table.keys if not row.get(name))
                self._note(item.line, missing, f"缺少“{table.column(missing).label}”，请补上。")
            elif key in self.rows:
                self._note(item.line, table.keys[-1], f"与第{self._lines[key]}行重复。请只保留一行。")
            else:
                self.rows[key], self._lines[key] = row, item.line
                state = item.cells.get(STATE, "").strip()
                if table.drafts and state == DRAFT:
                    self._drafts.add(key)
                elif table.drafts and state not in {"", LIVE}:
                    self._note(item.line, "", f"“状态”只能填“{LIVE}”或“{DRAFT}”，现在是“{state}”。")

    def states(self, kept: Mapping[str, KeptEntry], shipped: Mapping[str, Row]) -> dict[str, EntryState | None]:
        found: dict[str, EntryState | None] = {}
        for key, row in self.rows.items():
            if key in self._drafts:
                live = kept[key].state.live if key in kept else None
                found[key] = EntryState(live, draft=row)
            else:
                found[key] = None if shipped.get(key) == row else EntryState(row)
        return found

    def judge(self, states: Mapping[str, EntryState | None], kept: Mapping[str, KeptEntry], shipped: Mapping[str, Row]) -> None:
        table, before = self._kind.table, {key: entry.state for key, entry in kept.items()}
        change = proposed(shipped, before, states)
        drafts = {key: self.rows[key] for key in states if key in self._drafts}
        if table.closed:
            for key in change.rows:
                if key not in shipped:
                    self._note(self._lines.get(key, 0), table.keys[-1], f"没有“{key}”这一条。这里的条目由程序提供，只能改文字，不能增加。")
            change = replace(change, rows={key: row for key, row in change.rows.items() if key in shipped})
        for fault in self._desk.faults(self._kind.id, change):
            self._note(self._lines.get(fault.key, 0), fault.field, fault.reason)
        for key, row in drafts.items():
            for fault in cell_faults(table, key, row, self._desk.references, draft=True):
                self._note(self._lines[key], fault.field, fault.reason)

    def _note(self, line: int, field: str, reason: str) -> None:
        label = next((column.label for column in self._kind.table.columns if column.name == field), "")
        where = f"第{line}行" if line else "文件里没有的条目"
        self.faults.append(RowFault(line, f"{where}“{label}”" if label else where, reason))


def _live(kept: Mapping[str, KeptEntry], shipped: Mapping[str, Row]) -> set[str]:
    """Keys of what stands, drafts included."""
    gone = {key for key, entry in kept.items() if _gone(entry.state)}
    return {*shipped, *kept} - gone


def _gone(state: EntryState | None) -> bool:
    return state is not None and state.live is None and state.draft is None


def _state(kept: KeptEntry | None) -> EntryState | None:
    return kept.state if kept else None


def _stands(kept: KeptEntry | None, state: EntryState | None, shipped: Row | None) -> bool:
    """A file written from what stands changes nothing: neither who an entry comes from nor a draft beside it."""
    if kept is None:
        return state is None
    if state is None:
        return kept.state.live == shipped
    return kept.state.live == state.live and (state.draft is None or kept.state.draft == state.draft)
