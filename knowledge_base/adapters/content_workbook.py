"""Writes entries of one kind as an XLSX file that can be edited in Excel or WPS and read back."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from knowledge_base.content.differences import shown_cell
from knowledge_base.content.importing import DRAFT, LIVE, STATE_LABEL
from knowledge_base.content.models import KindTable, Row

_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
_HEADING = PatternFill("solid", start_color="DCE9F5")
NOTES_SHEET = "说明"


def write_table(table: KindTable, rows: Iterable[tuple[Row, bool]]) -> bytes:
    """Each row with whether it is a draft. One sheet of entries, one that explains the columns."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = table.label
    headings = [column.label for column in table.columns] + ([STATE_LABEL] if table.drafts else [])
    _head(sheet, headings, [column.width for column in table.columns] + ([10] if table.drafts else []))
    sheet.freeze_panes = "B2"
    for number, (row, draft) in enumerate(rows, 2):
        cells = [shown_cell(column, row.get(column.name, "")) for column in table.columns]
        _write(sheet, number, cells + ([DRAFT if draft else LIVE] if table.drafts else []))
    _explain(book.create_sheet(NOTES_SHEET), table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _explain(sheet: Worksheet, table: KindTable) -> None:
    _head(sheet, ["列", "要不要填", "怎么填"], [20, 12, 90])
    number = 2
    for column in table.columns:
        choices = f"可以填：{'、'.join(column.choices.values())}。" if column.choices else ""
        several = "一行一项。" if column.several and "一行" not in column.help else ""
        need = "程序填写" if column.fixed else "必填" if column.required else ""
        _write(sheet, number, [column.label, need, f"{column.help}{choices}{several}"])
        number += 1
    for line in table.explanation:
        _write(sheet, number, ["说明", "", line])
        number += 1


def _head(sheet: Worksheet, headings: Sequence[str], widths: Sequence[int]) -> None:
    for number, (heading, width) in enumerate(zip(headings, widths, strict=True), 1):
        cell = sheet.cell(1, number, heading)
        cell.font, cell.fill = Font(bold=True), _HEADING
        sheet.column_dimensions[get_column_letter(number)].width = width


def _write(sheet: Worksheet, number: int, cells: Sequence[str]) -> None:
    for place, text in enumerate(cells, 1):
        if not text:
            continue
        cell = sheet.cell(number, place)
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
        # Never a formula: what begins like one must come back as it was, and must not run in the reader's program.
        cell.data_type, cell.number_format = "s", "@"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if text.startswith(_FORMULA_MARKS):
            # Kept as text when the cell is edited, too.
            cell.quotePrefix = True
