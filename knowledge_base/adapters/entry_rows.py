"""Rows of YAML, JSON Lines, CSV and XLSX files, each with its place for messages. Knows nothing of what the rows mean."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path

import openpyxl
import yaml
from openpyxl.utils.exceptions import InvalidFileException

from knowledge_base.errors import InvalidEntry

Row = dict[str, object]
PlacedRow = tuple[str, Row]


def read_rows(path: Path) -> Iterator[PlacedRow]:
    """(place in Chinese, row by heading). Raises InvalidEntry where the file as a whole cannot be read."""
    readers: dict[str, Callable[[Path, bytes], Iterable[PlacedRow]]] = {
        ".yaml": _yaml_rows,
        ".yml": _yaml_rows,
        ".jsonl": _json_rows,
        ".csv": _csv_rows,
        ".tsv": _csv_rows,
        ".xlsx": _sheet_rows,
    }
    try:
        content = path.read_bytes()
        suffixes = [suffix.lower() for suffix in path.suffixes]
        if suffixes and suffixes[-1] == ".gz":
            content = gzip.decompress(content)
            suffixes.pop()
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidEntry(path.name, "读不了这个文件。请检查路径、权限，以及压缩文件是否完整。") from error
    reader = readers.get(suffixes[-1] if suffixes else "")
    if reader is None:
        raise InvalidEntry(path.name, f"不认识这种文件。请使用 {'、'.join(readers)}。")
    yield from reader(path, content)


def _yaml_rows(path: Path, content: bytes) -> Iterator[PlacedRow]:
    try:
        loaded = yaml.safe_load(_text(path, content))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"第{mark.line + 1}行附近" if mark else "文件"
        raise InvalidEntry(path.name, f"{place}不是有效的 YAML。请检查缩进、冒号和引号。") from error
    if isinstance(loaded, dict) and len(loaded) == 1:
        loaded = next(iter(loaded.values()))
    if not isinstance(loaded, list):
        raise InvalidEntry(path.name, "文件内容应是一个列表，每一项以“- ”开头。")
    for number, row in enumerate(loaded, 1):
        yield _placed(f"{path.name} 第{number}项", row)


def _json_rows(path: Path, content: bytes) -> Iterator[PlacedRow]:
    for number, line in enumerate(_text(path, content).splitlines(), 1):
        if line.strip():
            where = f"{path.name} 第{number}行"
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InvalidEntry(where, "不是有效的 JSON。请检查引号和逗号。") from error
            yield _placed(where, row)


def _csv_rows(path: Path, content: bytes) -> Iterator[PlacedRow]:
    reader = csv.reader(io.StringIO(_text(path, content), newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    try:
        yield from _table_rows(path, ((reader.line_num, cells) for cells in reader))
    except csv.Error as error:
        raise InvalidEntry(f"{path.name} 第{reader.line_num}行", "不是有效的 CSV。请检查引号是否成对。") from error


def _sheet_rows(path: Path, content: bytes) -> Iterator[PlacedRow]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise InvalidEntry(path.name, "不是有效的 XLSX 表格，可能已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx。") from error
    # Written by some programs too small, which would cut columns off.
    sheet.reset_dimensions()
    yield from _table_rows(
        path, ((number, [_cell(value) for value in row]) for number, row in enumerate(sheet.iter_rows(values_only=True), 1))
    )


def _table_rows(path: Path, rows: Iterable[tuple[int, list[str]]]) -> Iterator[PlacedRow]:
    """The first row that is not empty holds the headings; empty rows are left out; several lines in a cell are a list."""
    headings: list[str] | None = None
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if headings is None:
            headings = [cell.strip() for cell in cells]
            continue
        where = f"{path.name} 第{number}行"
        if any(cell.strip() for cell in cells[len(headings) :]):
            raise InvalidEntry(where, "内容比表头的列数多。请检查是否少了表头或多了分隔符。")
        named = zip(headings, cells, strict=False)
        yield where, {heading: _lines(cell) for heading, cell in named if heading and cell.strip()}


def _lines(cell: str) -> object:
    lines = [line.strip() for line in cell.splitlines() if line.strip()]
    return lines if len(lines) > 1 else lines[0]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _placed(where: str, row: object) -> PlacedRow:
    if not isinstance(row, dict):
        raise InvalidEntry(where, "这一项应由“字段: 内容”组成。")
    return where, {str(name): value for name, value in row.items()}


def _text(path: Path, content: bytes) -> str:
    """UTF-8 (with or without mark), else GB 18030, which spreadsheet programs in China still write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidEntry(path.name, "文字编码认不出来。请另存为 UTF-8 后重试。")
