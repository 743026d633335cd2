"""Read .xlsx and .csv: one document a row where the columns say so, else the table as one text."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from knowledge_base.adapters.parsers.archives import DAMAGE, check_archive
from knowledge_base.adapters.parsers.layout import clean, join_paragraphs, table_row
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.adapters.parsers.metadata_hints import TEXT_FIELD, HintNames, stated_fields
from knowledge_base.adapters.parsers.signatures import FileKind, detect_kind
from knowledge_base.adapters.parsers.text_decoding import decode_chinese
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

_HEADER_ROWS = 5


@dataclass(frozen=True, slots=True)
class TableParser:
    """A table whose heading row (one of the first five) names both a title and a text column gives one document a row.

    Any other workbook is one text: sheet names and rows as lines, cells joined by " | ".
    """

    limits: ReadingLimits
    names: HintNames
    suffixes: frozenset[str] = frozenset({".xlsx", ".xlsm", ".csv", ".tsv"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        sheets, notes = self._workbook(raw) if detect_kind(raw.content) is FileKind.XLSX else self._separated(raw)
        documents = [parsed for _, rows in sheets for parsed in self._documents(rows)]
        if documents:
            return tuple(documents)
        text = join_paragraphs(line for title, rows in sheets for line in (title, *map(table_row, rows), ""))
        if not any(rows for _, rows in sheets):
            raise UnreadableDocument(raw.name, "表格里没有内容。")
        require_length(raw.name, text, self.limits)
        return (ParsedText(text, warnings=notes),)

    def _documents(self, rows: Sequence[Sequence[str]]) -> Iterator[ParsedText]:
        for position, row in enumerate(rows[:_HEADER_ROWS]):
            if {"title", TEXT_FIELD} <= {self.names.field_of(cell) for cell in row}:
                yield from (parsed for cells in rows[position + 1 :] if (parsed := self._document(row, cells)))
                return

    def _document(self, heading: Sequence[str], cells: Sequence[str]) -> ParsedText | None:
        stated = stated_fields({label: cell for label, cell in zip(heading, cells, strict=False) if cell.strip()}, self.names)
        if not (stated.text or "").strip():
            return None
        return ParsedText(
            join_paragraphs([stated.text or ""]), stated.hints.get("title"), stated.hints.get("id"), stated.hints, stated.warnings
        )

    def _workbook(self, raw: RawDocument) -> tuple[list[tuple[str, list[list[str]]]], tuple[str, ...]]:
        check_archive(raw, self.limits)
        try:
            with warnings.catch_warnings():
                # openpyxl warns of styles it leaves out; only the cells are read here.
                warnings.simplefilter("ignore")
                book = load_workbook(io.BytesIO(raw.content), read_only=True, data_only=True)
                sheets = [(sheet.title, self._limited(raw.name, _cells(sheet))) for sheet in book.worksheets]
                book.close()
        except (*DAMAGE, InvalidFileException) as error:
            raise UnreadableDocument(raw.name, "表格文件已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。") from error
        return [(title if len(sheets) > 1 else "", rows) for title, rows in sheets if rows], ()

    def _separated(self, raw: RawDocument) -> tuple[list[tuple[str, list[list[str]]]], tuple[str, ...]]:
        decoded = decode_chinese(raw.name, raw.content)
        text = clean(decoded.text)
        first = text.partition("\n")[0]
        delimiter = max(",\t;", key=first.count)
        try:
            rows = self._limited(raw.name, csv.reader(io.StringIO(text), delimiter=delimiter))
        except csv.Error as error:
            raise UnreadableDocument(raw.name, "不是有效的 CSV 表格。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入。") from error
        return [("", rows)], decoded.warnings

    def _limited(self, name: str, rows: Iterable[Sequence[object]]) -> list[list[str]]:
        kept: list[list[str]] = []
        for row in rows:
            if any(cell not in (None, "") for cell in row):
                kept.append([_cell_text(cell) for cell in row])
            if len(kept) > self.limits.max_rows:
                raise UnreadableDocument(name, f"表格超过{self.limits.max_rows}行。请拆成几个文件后重新导入。")
        return kept


def _cells(sheet: ReadOnlyWorksheet) -> Iterable[Sequence[object]]:
    # The stated dimensions are often wrong (a million empty rows); without them only cells that exist are read.
    sheet.reset_dimensions()
    # The stubs bind iter_rows to the full Worksheet class only.
    rows: Iterable[Sequence[object]] = sheet.iter_rows(values_only=True)  # type: ignore[misc]
    return rows


def _cell_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
