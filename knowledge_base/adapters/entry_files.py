"""Service guides and departments from YAML, JSON Lines, CSV and XLSX files, and back into spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

from knowledge_base.adapters.entry_columns import EntryColumns, load_columns
from knowledge_base.adapters.entry_rows import PlacedRow, read_rows
from knowledge_base.departments import check_departments, department_from_row
from knowledge_base.errors import InvalidEntry
from knowledge_base.models import Department, ServiceGuide
from knowledge_base.regions import RegionDirectory
from knowledge_base.service_guides import check_guides, guide_from_row
from knowledge_base.service_items import department_of_item, guide_row_of_item, is_service_item

Entry = TypeVar("Entry", ServiceGuide, Department)
_SEEDS = Path(__file__).parents[1] / "seeds"
_LIST_FIELDS = frozenset(
    {"aliases", "conditions", "required_materials", "process", "basis", "usual_questions", "duties", "matters"},
)


def load_guides(path: Path, regions: RegionDirectory | None = None) -> tuple[ServiceGuide, ...]:
    """Guides of a .yaml, .jsonl (also .gz, also in the shape of crawled service items), .csv or .xlsx file. Raises InvalidEntry.

    Without `regions` the national list and the demonstration place are used.
    """
    known = regions or _seed_regions()
    rows = ((where, guide_row_of_item(where, row) if is_service_item(row) else row) for where, row in read_rows(path))
    return check_guides((where, guide_from_row(where, row, known)) for where, row in _under_field_names(rows, load_columns("guides")))


def load_departments(path: Path, regions: RegionDirectory | None = None) -> tuple[Department, ...]:
    """Departments of a .yaml, .jsonl, .csv or .xlsx file. Raises InvalidEntry. `regions` as for guides."""
    known = regions or _seed_regions()
    rows = _under_field_names(read_rows(path), load_columns("departments"))
    return check_departments((where, department_from_row(where, row, known)) for where, row in rows)


def load_item_departments(path: Path, regions: RegionDirectory | None = None) -> tuple[Department, ...]:
    """The departments that crawled service items name, each once, known by name only. Raises InvalidEntry."""
    known = regions or _seed_regions()
    found = (department_of_item(where, row, known) for where, row in read_rows(path) if is_service_item(row))
    return tuple({department.id: department for department in found}.values())


def write_guides(path: Path, guides: Sequence[ServiceGuide]) -> None:
    """An .xlsx file that `load_guides` reads back to the same guides."""
    _write(path, "办事指南", guides, load_columns("guides"))


def write_departments(path: Path, departments: Sequence[Department]) -> None:
    """An .xlsx file that `load_departments` reads back to the same departments."""
    _write(path, "部门名录", departments, load_columns("departments"))


def _under_field_names(rows: Iterable[PlacedRow], columns: EntryColumns) -> Iterator[PlacedRow]:
    for where, row in rows:
        renamed = columns.renamed(row)
        if len(renamed) < len(row):
            raise InvalidEntry(where, "有两列指的是同一个字段。请合并成一列。")
        # A cell of several lines is a list only where the field is one; a place or a time limit keeps its lines.
        yield where, {name: value if name in _LIST_FIELDS else _joined(value) for name, value in renamed.items()}


def _joined(value: object) -> object:
    return "\n".join(str(line) for line in value) if isinstance(value, list) else value


def _seed_regions() -> RegionDirectory:
    return RegionDirectory.from_csv(_SEEDS / "regions.csv", _SEEDS / "demo" / "regions.csv")


def _write(path: Path, title: str, entries: Sequence[Entry], columns: EntryColumns) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    sheet.freeze_panes = "C2"
    for number, (name, heading) in enumerate(columns.headings.items(), 1):
        sheet.cell(1, number, heading).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = 40 if name in _LIST_FIELDS else 20
        for row, entry in enumerate(entries, 2):
            try:
                cell = sheet.cell(row, number, _cell_text(entry, name))
            except IllegalCharacterError as error:
                raise InvalidEntry(f"{title}“{entry.id}”", f"“{heading}”含有表格不允许的控制字符。请删除后再导出。") from error
            # Never a formula: a text that begins with "=" must come back as it was, and must not run in the reader's program.
            cell.data_type = "s" if cell.value is not None else "n"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    book.save(path)


def _cell_text(entry: ServiceGuide | Department, name: str) -> str | None:
    values: Mapping[str, object] = {field.name: getattr(entry, field.name) for field in fields(entry)}
    value = values[name]
    if isinstance(value, tuple):
        return "\n".join(value) or None
    if isinstance(value, bool):
        return "是" if value else None
    return str(value) if value else None
