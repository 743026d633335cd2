"""What two states of an entry differ in, field by field, in words for people."""

from __future__ import annotations

from knowledge_base.content.models import Column, ColumnType, EntryDifference, EntryState, FieldChange, KindTable, Row


def shown_cell(column: Column, text: str) -> str:
    """A cell as a person reads it: labels in place of codes of choices."""
    return column.choices.get(text, text) if column.type is ColumnType.CHOICE else text


def row_changes(table: KindTable, before: Row, after: Row) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(column.label, shown_cell(column, before.get(column.name, "")), shown_cell(column, after.get(column.name, "")))
        for column in table.columns
        if before.get(column.name, "") != after.get(column.name, "")
    )


def entry_difference(
    table: KindTable, key: str, before: EntryState | None, after: EntryState | None, shipped: Row | None = None
) -> EntryDifference:
    """None is the entry as it comes with the program, where it does."""
    old, new = _shown(before, shipped), _shown(after, shipped)
    title = (new or old or {}).get(table.title) or key
    return EntryDifference(key, title, _word(before, after, old, new), row_changes(table, old or {}, new or {}))


def _shown(state: EntryState | None, shipped: Row | None) -> Row | None:
    return shipped if state is None else state.draft or state.live


def _word(before: EntryState | None, after: EntryState | None, old: Row | None, new: Row | None) -> str:
    if after is not None and after.draft is not None:
        return "草稿"
    if new is None:
        return "删除"
    if after is None:
        return "恢复默认"
    if before is not None and before.draft is not None and after.live is not None:
        return "发布"
    return "新增" if old is None else "修改"
