"""Cells brought into one form and judged by what their column says. Knows nothing of what an entry means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from knowledge_base.content.entry_values import YES
from knowledge_base.content.models import Column, ColumnType, EntryFault, KindTable, Row
from knowledge_base.departments import DepartmentDirectory
from knowledge_base.regions import RegionDirectory

_WIDTH_OF_NO_MATTER = frozenset({ColumnType.CODE, ColumnType.NUMBER, ColumnType.PHONE, ColumnType.FLAG, ColumnType.URL})
_YES, _NO = frozenset({"是", "true", "1", "yes", "y", "√"}), frozenset({"", "否", "false", "0", "no", "n", "×"})
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PHONE = re.compile(r"[0-9+()（）\-—、,，；;/ 转至或及分机热线\u4e00-\u9fff：:]*[0-9]{3,}[0-9+()（）\-—、,，；;/ \u4e00-\u9fff：:]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class References:
    """What cells may point at."""

    regions: RegionDirectory
    departments: Callable[[], DepartmentDirectory]


def settled(table: KindTable, row: Mapping[str, str], references: References) -> dict[str, str]:
    """Cells of this kind's columns in the form they are kept in, without empty ones. What cannot be read stays as it was written."""
    found = {}
    for column in table.columns:
        text = _settled_cell(column, row.get(column.name, ""), references)
        if text:
            found[column.name] = text
    return found


# Their own rules know what the same change adds.
_JUDGED_BY_RULES = {"departments": ColumnType.DEPARTMENT, "regions": ColumnType.REGION}


def cell_faults(table: KindTable, key: str, row: Row, references: References, *, draft: bool = False) -> Iterator[EntryFault]:
    """What the columns object to. A draft may lack everything but its key and what it is called by."""
    needed = {*table.keys, table.title}
    for column in table.columns:
        text = row.get(column.name, "")
        if not text and column.required and (not draft or column.name in needed):
            yield EntryFault(key, column.name, f"缺少“{column.label}”，请补上。")
        if text and column.type is not _JUDGED_BY_RULES.get(table.id) and (reason := _fault(column, text, references)):
            yield EntryFault(key, column.name, reason)


def _settled_cell(column: Column, text: str, references: References) -> str:
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if column.type in _WIDTH_OF_NO_MATTER:
        text = unicodedata.normalize("NFKC", text).strip()
    if column.several:
        lines = (line.strip() for line in text.split("\n"))
        return "\n".join(line for line in lines if line)
    if column.type is not ColumnType.LONG:
        text = " ".join(text.split("\n"))
    settle = _SETTLERS.get(column.type)
    return settle(column, text, references) if settle and text else text


def _flag(_column: Column, text: str, _references: References) -> str:
    word = text.lower()
    return YES if word in _YES else "" if word in _NO else text


def _choice(column: Column, text: str, _references: References) -> str:
    by_label = {label: value for value, label in column.choices.items()}
    return by_label.get(text, text)


def _region(_column: Column, text: str, references: References) -> str:
    found = references.regions.resolve(text)
    return found.code if found else unicodedata.normalize("NFKC", text)


def _department(_column: Column, text: str, references: References) -> str:
    found = references.departments().resolve(text)
    return found.id if found else text


_SETTLERS: Mapping[ColumnType, Callable[[Column, str, References], str]] = {
    ColumnType.FLAG: _flag,
    ColumnType.CHOICE: _choice,
    ColumnType.REGION: _region,
    ColumnType.DEPARTMENT: _department,
}


def _fault(column: Column, text: str, references: References) -> str:
    """ "" where nothing is wrong."""
    if len(text) > column.longest:
        return f"“{column.label}”有 {len(text)} 个字，最多 {column.longest} 个字，请缩短。"
    judge = _JUDGES.get(column.type)
    return judge(column, text, references) if judge else ""


def _judge_code(column: Column, text: str, _references: References) -> str:
    return "" if _CODE.fullmatch(text) else f"“{column.label}”只能用英文字母、数字、点、横线和下划线，最多 64 个字符。"


def _judge_number(column: Column, text: str, _references: References) -> str:
    return "" if text.isascii() and text.isdigit() and len(text) <= 6 else f"“{column.label}”应填不超过六位的整数。"


def _judge_phone(column: Column, text: str, _references: References) -> str:
    return "" if _PHONE.fullmatch(text) else f"“{text}”不像电话号码。请填写数字，例如 0900-8880101，多个号码用顿号分隔。"


def _judge_url(_column: Column, text: str, _references: References) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    whole = parts.scheme in {"http", "https"} and parts.netloc and not any(character.isspace() for character in text)
    return "" if whole else f"网址“{text}”不完整，应以 http:// 或 https:// 开头。"


def _judge_flag(column: Column, text: str, _references: References) -> str:
    return "" if text == YES else f"“{column.label}”应填“是”或“否”，现在是“{text}”。"


def _judge_choice(column: Column, text: str, _references: References) -> str:
    return "" if text in column.choices else f"“{column.label}”只能填：{'、'.join(column.choices.values())}，现在是“{text}”。"


def _judge_region(_column: Column, text: str, references: References) -> str:
    return "" if references.regions.resolve(text) else f"没有找到行政区划“{text}”。请填写六位行政区划代码或规范全称。"


def _judge_department(_column: Column, text: str, references: References) -> str:
    return "" if references.departments().get(text) else f"部门名录里没有“{text}”。请先在“部门”里添加，或改填已有部门的编号或名称。"


_JUDGES: Mapping[ColumnType, Callable[[Column, str, References], str]] = {
    ColumnType.CODE: _judge_code,
    ColumnType.NUMBER: _judge_number,
    ColumnType.PHONE: _judge_phone,
    ColumnType.URL: _judge_url,
    ColumnType.FLAG: _judge_flag,
    ColumnType.CHOICE: _judge_choice,
    ColumnType.REGION: _judge_region,
    ColumnType.DEPARTMENT: _judge_department,
}
