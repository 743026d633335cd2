"""The administrator's desk: look at entries, change them, undo. Every change is a version; nothing is saved that does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from knowledge_base.content.differences import entry_difference
from knowledge_base.content.errors import ContentConflict, FaultyEntry, NothingToChange, UnknownEntry
from knowledge_base.content.models import (
    Author,
    Change,
    ChangeNote,
    ContentEntry,
    ContentKind,
    ContentVersion,
    EntryDifference,
    EntryFault,
    EntryState,
    KeptEntry,
    KindTable,
    Origin,
    Row,
)
from knowledge_base.content.ports import ContentStore, ProposedChange
from knowledge_base.content.rows import References, cell_faults, settled
from knowledge_base.content.standing import entries_of, live_rows
from knowledge_base.ports import Clock

_TRIES = 5


@dataclass(frozen=True)
class ContentDesk:
    """`mask` keeps personal data out of reasons. `based_on` is the number of the entry as it was looked at (ContentEntry.number)."""

    kinds: Mapping[str, ContentKind]
    store: ContentStore
    references: References
    clock: Clock
    mask: Callable[[str], str]

    def kind(self, kind_id: str) -> ContentKind:
        """Raises UnknownEntry."""
        if kind_id not in self.kinds:
            raise UnknownEntry(f"“{kind_id}”这种内容")
        return self.kinds[kind_id]

    def entries(self, kind_id: str) -> tuple[ContentEntry, ...]:
        return entries_of(self.kind(kind_id).shipped(), self.store.states(kind_id))

    def entry(self, kind_id: str, key: str) -> ContentEntry:
        """Raises UnknownEntry."""
        for entry in self.entries(kind_id):
            if entry.key == key:
                return entry
        raise UnknownEntry(f"“{key}”")

    def settled(self, kind_id: str, row: Mapping[str, str]) -> Row:
        """The row as it would be kept."""
        kind = self.kind(kind_id)
        return kind.rules.settled(settled(kind.table, row, self.references))

    def faults(self, kind_id: str, change: ProposedChange) -> tuple[EntryFault, ...]:
        """Every reason why live entries would not hold."""
        kind = self.kind(kind_id)
        cells = [fault for key, row in change.rows.items() for fault in cell_faults(kind.table, key, row, self.references)]
        wrong = {(fault.key, fault.field) for fault in cells}
        return (*cells, *(fault for fault in kind.rules.faults(change) if (fault.key, fault.field) not in wrong))

    def save(self, kind_id: str, key: str, row: Mapping[str, str], by: Author, *, based_on: int = 0) -> ContentVersion:
        """`key` "" for a new entry. Its draft, if there is one, is used up.

        Raises FaultyEntry, ContentConflict, NothingToChange, UnknownEntry.
        """
        kind, new = self.kind(kind_id), self.settled(kind_id, row)
        now = kind.table.key_of(new)

        def propose(kept: Mapping[str, KeptEntry], shipped: Mapping[str, Row]) -> dict[str, EntryState | None]:
            _refuse_key(kind.table, key, now, kept, shipped)
            _refuse_change(key, kept, based_on, new.get(kind.table.title, key))
            states: dict[str, EntryState | None] = {now: None if shipped.get(now) == new else EntryState(new)}
            if key and key != now:
                states[key] = EntryState(None)
            return states

        drafted = bool(key) and self.entry(kind_id, key).draft is not None
        return self._change(kind_id, Change.PUBLISHED if drafted else Change.SAVED, by, propose)

    def save_draft(self, kind_id: str, key: str, row: Mapping[str, str], by: Author, *, based_on: int = 0) -> ContentVersion:
        """Kept beside what is live, which goes on. Raises as `save`."""
        kind, new = self.kind(kind_id), self.settled(kind_id, row)
        now = kind.table.key_of(new)

        def propose(kept: Mapping[str, KeptEntry], shipped: Mapping[str, Row]) -> dict[str, EntryState | None]:
            _refuse_key(kind.table, key, now, kept, shipped)
            _refuse_change(key, kept, based_on, new.get(kind.table.title, key))
            if faults := tuple(cell_faults(kind.table, now, new, self.references, draft=True)):
                raise FaultyEntry(faults)
            live = kept[now].state.live if now in kept else shipped.get(now)
            return {now: EntryState(live, draft=new)}

        return self._change(kind_id, Change.DRAFTED, by, propose)

    def remove(self, kind_id: str, key: str, by: Author, *, based_on: int = 0) -> ContentVersion:
        """Takes an entry away, one of the program too; of a live entry with a draft, both. Raises as `save`."""
        title = self._title(kind_id, self.entry(kind_id, key))

        def propose(kept: Mapping[str, KeptEntry], shipped: Mapping[str, Row]) -> dict[str, EntryState | None]:
            _refuse_change(key, kept, based_on, title)
            return {key: EntryState(None)}

        return self._change(kind_id, Change.REMOVED, by, propose)

    def reset(self, kind_id: str, key: str, by: Author, *, based_on: int = 0) -> ContentVersion:
        """Back to what comes with the program. Raises as `save`."""
        title = self._title(kind_id, self.entry(kind_id, key))

        def propose(kept: Mapping[str, KeptEntry], shipped: Mapping[str, Row]) -> dict[str, EntryState | None]:
            _refuse_change(key, kept, based_on, title)
            if key not in shipped:
                raise UnknownEntry(f"“{title}”的默认内容")
            return {key: None}

        return self._change(kind_id, Change.RESET, by, propose)

    def restore(self, kind_id: str, number: int, by: Author) -> ContentVersion:
        """Everything as it was after version `number`, as a new version. Raises as `save`."""
        then = self.store.states_at(kind_id, number)

        def propose(kept: Mapping[str, KeptEntry], _shipped: Mapping[str, Row]) -> dict[str, EntryState | None]:
            return {key: then.get(key) for key in sorted({*kept, *then})}

        return self._change(kind_id, Change.RESTORED, replace(by, reason=by.reason or f"恢复第{number}版"), propose)

    def take(
        self, kind_id: str, rows: Mapping[str, Row], by: Author, *, shipped: bool = False, checked: bool = True
    ) -> ContentVersion | None:
        """Many live entries at once; those already so are left out, and None means that all were. Raises as `save`.

        `shipped`: what people edited or took away stays as they left it. Without `checked`: judged by whoever read the rows.
        """

        def propose(kept: Mapping[str, KeptEntry], _shipped: Mapping[str, Row]) -> dict[str, EntryState | None]:
            free = {key: row for key, row in rows.items() if not shipped or key not in kept or kept[key].state.shipped}
            return {key: EntryState(row, shipped=shipped) for key, row in free.items() if not _stands(kept.get(key), row)}

        change = Change.SHIPPED if shipped else Change.IMPORTED
        try:
            return self._change(kind_id, change, by, propose, checked=checked)
        except NothingToChange:
            return None

    def differences(self, kind_id: str, number: int) -> tuple[EntryDifference, ...]:
        """What version `number` changed. Raises UnknownEntry."""
        kind = self.kind(kind_id)
        shipped = kind.shipped()
        changes = self.store.changes(kind_id, number)
        return tuple(entry_difference(kind.table, c.key, c.before, c.after, shipped.get(c.key)) for c in changes)

    def apply(self, kind_id: str, number: int, states: Mapping[str, EntryState | None], by: Author) -> ContentVersion:
        """What a preview computed against version `number`. Raises ContentConflict where it is another by now."""
        if not states:
            raise NothingToChange
        note = ChangeNote(Change.IMPORTED, by.name, self.clock(), self.mask(by.reason))
        return self.store.append(kind_id, number, note, states)

    def _change(
        self,
        kind_id: str,
        change: Change,
        by: Author,
        propose: Callable[[Mapping[str, KeptEntry], Mapping[str, Row]], dict[str, EntryState | None]],
        *,
        checked: bool = True,
    ) -> ContentVersion:
        """Tried again where somebody changed another entry at the same moment."""
        shipped = self.kind(kind_id).shipped()
        note = ChangeNote(change, by.name, self.clock(), self.mask(by.reason))
        for attempt in range(1, _TRIES + 1):
            number, kept = self.store.number(kind_id), self.store.states(kind_id)
            states = {key: state for key, state in propose(kept, shipped).items() if not _same(kept.get(key), state)}
            if not states:
                raise NothingToChange
            if checked:
                self._refuse_faults(kind_id, kept, states, shipped)
            try:
                return self.store.append(kind_id, number, note, states)
            except ContentConflict:
                if attempt == _TRIES:
                    raise
        raise ContentConflict

    def _refuse_faults(
        self, kind_id: str, kept: Mapping[str, KeptEntry], states: Mapping[str, EntryState | None], shipped: Mapping[str, Row]
    ) -> None:
        if faults := self.faults(kind_id, proposed(shipped, {key: entry.state for key, entry in kept.items()}, states)):
            raise FaultyEntry(faults)

    def _title(self, kind_id: str, entry: ContentEntry) -> str:
        return entry.row.get(self.kind(kind_id).table.title) or entry.key


def proposed(shipped: Mapping[str, Row], kept: Mapping[str, EntryState], states: Mapping[str, EntryState | None]) -> ProposedChange:
    """What rules judge: rows that would be live and are not now, keys that would be gone, and everything live afterwards."""
    after = {key: state for key, state in {**kept, **states}.items() if state is not None}
    rows, before = live_rows(shipped, after), live_rows(shipped, kept)
    changed = {key: rows[key] for key in states if key in rows and rows[key] != before.get(key)}
    return ProposedChange(changed, tuple(key for key in states if key in before and key not in rows), rows)


def _refuse_key(table: KindTable, key: str, now: str, kept: Mapping[str, KeptEntry], shipped: Mapping[str, Row]) -> None:
    """An entry keeps its key unless the key is its content; a new one must not stand on another."""
    column = table.column(table.keys[-1])
    reason = ""
    if table.closed and now not in shipped:
        reason = "这里的条目由程序提供，只能改文字，不能增加。"
    elif key and key != now and not table.renamable:
        reason = f"“{column.label}”保存后不能更改。需要更换时，请新增一条，再删除这一条。"
    elif key != now and any(entry.key == now and entry.origin is not Origin.REMOVED for entry in entries_of(shipped, kept)):
        reason = f"已经有“{now}”这一条。请直接修改那一条，或者换一个{column.label}。"
    if reason:
        raise FaultyEntry([EntryFault(now, column.name, reason)])


def _refuse_change(key: str, kept: Mapping[str, KeptEntry], based_on: int, title: str) -> None:
    if key and (kept[key].number if key in kept else 0) != based_on:
        raise ContentConflict(title)


def _same(kept: KeptEntry | None, state: EntryState | None) -> bool:
    return (kept.state if kept else None) == state


def _stands(kept: KeptEntry | None, row: Row) -> bool:
    return kept is not None and kept.state.live == row and kept.state.draft is None
