"""Entries of one kind as a spreadsheet, and a spreadsheet (XLSX, CSV) as cells with their places. Judges no cell."""

from __future__ import annotations

import csv
import io
import tomllib
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from knowledge_base.adapters.parsers.text_decoding import decode_chinese
from knowledge_base.content.errors import UnreadableTable
from knowledge_base.content.importing import STATE, STATE_LABEL
from knowledge_base.content.models import KindTable, PlacedCells
from knowledge_base.errors import UnreadableDocument

# A command that shows a history shall not wait for openpyxl.
# ruff: noqa: PLC0415

_LIMITS_FILE = Path(__file__).with_name("content_limits.toml")
_DAMAGED = "文件已损坏，或者不是 .xlsx 表格。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"
_PlacedLine = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class SheetLimits:
    file_mb: int
    unpacked_mb: int
    unpacked_times: int
    rows: int
    columns: int


@cache  # A frozen value of a file that ships with the program.
def load_sheet_limits(path: Path = _LIMITS_FILE) -> SheetLimits:
    return SheetLimits(**tomllib.loads(path.read_text(encoding="utf-8")))


def read_table(name: str, content: bytes, table: KindTable, limits: SheetLimits | None = None) -> tuple[PlacedCells, ...]:
    """Rows below the headings, without empty ones, under field names. `name` tells .xlsx from .csv. Raises UnreadableTable."""
    limits = limits or load_sheet_limits()
    if len(content) > limits.file_mb << 20:
        raise UnreadableTable(name, f"文件超过 {limits.file_mb} MB。请分成几个文件上传。")
    suffix = Path(name).suffix.lower()
    if suffix == ".csv":
        return tuple(_under_fields(name, _csv_lines(name, content, limits), table))
    if suffix == ".xlsx":
        _refuse_bombs(name, content, limits)
        return tuple(_under_fields(name, _sheet_lines(name, content, table.label, limits), table))
    raise UnreadableTable(name, "只接受 .xlsx 和 .csv 文件。请在 Excel 或 WPS 里另存为这两种格式之一。")


def _under_fields(name: str, lines: Iterable[_PlacedLine], table: KindTable) -> Iterator[PlacedCells]:
    fields: list[str] | None = None
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if fields is None:
            fields = _fields(name, cells, table)
            continue
        if any(cell.strip() for cell in cells[len(fields) :]) or any(c.strip() for c, f in zip(cells, fields, strict=False) if not f):
            raise UnreadableTable(name, f"第{number}行有内容写在没有表头的列里。请补上表头，或者删除这些内容。")
        yield PlacedCells(number, {field: cell for field, cell in zip(fields, cells, strict=False) if field and cell.strip()})
    if fields is None:
        raise UnreadableTable(name, "表格是空的。第一行应当是表头，可以先导出一份作为模板。")


def _fields(name: str, cells: Sequence[str], table: KindTable) -> list[str]:
    known = {heading: column.name for column in table.columns for heading in (column.name, *column.also, column.label)}
    if table.drafts:
        known |= {STATE: STATE, STATE_LABEL: STATE}
    headings = [unicodedata.normalize("NFKC", cell).strip() for cell in cells]
    unknown = [heading for heading in headings if heading and heading not in known]
    if unknown:
        expected = "、".join(column.label for column in table.columns)
        raise UnreadableTable(name, f"不认识表头“{'、'.join(unknown)}”。可以用的表头：{expected}。")
    fields = [known.get(heading, "") for heading in headings]
    if twice := {field for field in fields if field and fields.count(field) > 1}:
        raise UnreadableTable(name, f"有两列都是“{table.column(sorted(twice)[0]).label}”。请只保留一列。")
    if missing := [table.column(key).label for key in table.keys if key not in fields]:
        raise UnreadableTable(name, f"缺少“{'、'.join(missing)}”这一列。可以先导出一份作为模板。")
    return fields


def _csv_lines(name: str, content: bytes, limits: SheetLimits) -> Iterator[_PlacedLine]:
    try:
        text = decode_chinese(name, content).text
    except UnreadableDocument as error:
        raise UnreadableTable(name, "文字编码认不出来。请另存为 UTF-8 编码的 CSV，或者 .xlsx。") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for count, cells in enumerate(reader, 1):
            _refuse_size(name, count, len(cells), limits)
            yield reader.line_num, cells
    except csv.Error as error:
        raise UnreadableTable(name, f"第{reader.line_num}行不是有效的 CSV。请检查引号是否成对。") from error


def _refuse_bombs(name: str, content: bytes, limits: SheetLimits) -> None:
    """Looks at the archive's directory and at the head of every part, before anything is parsed."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > limits.unpacked_mb << 20 or unpacked > max(len(content), 1 << 14) * limits.unpacked_times:
                raise UnreadableTable(name, "展开后过大，不像正常的表格。请只保留需要的工作表，另存后再上传。")
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _refuse_declarations(name, archive, part, limits)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise UnreadableTable(name, _DAMAGED) from error


def _refuse_declarations(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo, limits: SheetLimits) -> None:
    """No program that writes spreadsheets declares entities; a declaration is there to do harm."""
    read = 0
    with archive.open(part) as stream:
        head = stream.read(4096)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"\x00" in head:
            raise UnreadableTable(name, "文件里有不允许的声明，不像正常的表格。请用 Excel 或 WPS 另存为 .xlsx 后再上传。")
        # The directory may lie about sizes.
        while chunk := stream.read(1 << 20):
            read += len(chunk)
            if read > limits.unpacked_mb << 20:
                raise UnreadableTable(name, "展开后过大，不像正常的表格。请只保留需要的工作表，另存后再上传。")


def _sheet_lines(name: str, content: bytes, label: str, limits: SheetLimits) -> Iterator[_PlacedLine]:
    """Of the sheet named like the kind, else of the first. Formulas count as the values they had when the file was saved."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book[label] if label in book.sheetnames else book.worksheets[0]
        # Written by some programs too small, which would cut columns off.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=limits.columns + 1), 1):
            cells = [_cell(value) for value in row]
            while cells and not cells[-1].strip():
                cells.pop()
            _refuse_size(name, number, len(cells), limits)
            yield number, cells
    except UnreadableTable:
        raise
    except Exception as error:  # whatever a damaged file does to the library that reads it
        raise UnreadableTable(name, _DAMAGED) from error


def _refuse_size(name: str, rows: int, columns: int, limits: SheetLimits) -> None:
    if rows > limits.rows or columns > limits.columns:
        raise UnreadableTable(name, f"超过 {limits.rows} 行或 {limits.columns} 列。请删除多余的空行空列，或者分成几个文件。")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)
