"""A table as an XLSX workbook of one sheet. Everything is text, a number or a date, never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from assistant.adapters.hotline.export_columns import Cell

_LONGEST_CELL = 32_767


def write_workbook(title: str, headings: Sequence[tuple[str, int]], rows: Iterable[Sequence[Cell]]) -> bytes:
    """`headings` with the width of their column in characters; the heading row stays in view."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for position, (_, width) in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([_heading(WriteOnlyCell(sheet, heading)) for heading, _ in headings])
    for row in rows:
        sheet.append([_typed(WriteOnlyCell(sheet), cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _heading(cell: SheetCell) -> SheetCell:
    cell.font = Font(bold=True)
    return cell


def _typed(cell: SheetCell, value: Cell) -> SheetCell:
    if isinstance(value, str):
        # A string that begins with "=" would be taken for a formula, were its type not said.
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, datetime):
        # A spreadsheet knows no time zones.
        cell.value, cell.number_format = value.replace(tzinfo=None), "yyyy-mm-dd hh:mm"
    else:
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
    return cell
