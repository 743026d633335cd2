"""Reads the fields of one row of a guides or departments file and says in Chinese what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from knowledge_base.errors import InvalidEntry
from knowledge_base.regions import RegionDirectory

_YES = frozenset({"true", "1", "yes", "是"})
_NO = frozenset({"", "false", "0", "no", "否"})


@dataclass(frozen=True, slots=True)
class EntryFields:
    """`where` names file and row; `row` maps field names of `kind` to text, a list of texts, a number, a truth value or None."""

    where: str
    row: Mapping[str, object]
    kind: type

    def __post_init__(self) -> None:
        unknown = sorted(set(self.row) - {field.name for field in fields(self.kind)})
        if unknown:
            raise InvalidEntry(self.where, f"不认识的字段：{'、'.join(unknown)}。请删除，或改成模板里的列名。")

    def text(self, name: str) -> str:
        value = self.row.get(name)
        if value is None:
            return ""
        if isinstance(value, (list, tuple, dict)):
            raise InvalidEntry(self.where, f"字段“{name}”应是一段文字，现在是一个列表。")
        return str(value).strip()

    def required(self, name: str, label: str) -> str:
        text = self.text(name)
        if not text:
            raise InvalidEntry(self.where, f"缺少“{label}”（{name}）。请补上。")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.row.get(name)
        if value is None:
            return ()
        parts = value if isinstance(value, (list, tuple)) else [value]
        if any(isinstance(part, (list, tuple, dict)) for part in parts):
            raise InvalidEntry(self.where, f"字段“{name}”的每一项应是一段文字。文字里有冒号时请加引号。")
        return tuple(text for text in (str(part).strip() for part in parts if part is not None) if text)

    def flag(self, name: str) -> bool:
        text = self.text(name).lower()
        if text not in _YES | _NO:
            raise InvalidEntry(self.where, f"字段“{name}”应填“是”或“否”，现在是“{text}”。")
        return text in _YES

    def url(self, name: str) -> str:
        text = self.text(name)
        if text and (urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).netloc):
            raise InvalidEntry(self.where, f"网址“{text}”不完整，应以 http:// 或 https:// 开头。")
        return text

    def jurisdiction(self, regions: RegionDirectory | None) -> str:
        """A six-digit code, or with `regions` a name as well."""
        text = self.required("jurisdiction", "行政区划")
        if regions is not None:
            region = regions.resolve(text)
            if region is None:
                raise InvalidEntry(self.where, f"没有找到行政区划“{text}”。请填写六位行政区划代码或规范全称。")
            return region.code
        if not (len(text) == 6 and text.isascii() and text.isdigit()):
            raise InvalidEntry(self.where, f"行政区划“{text}”应是六位代码，例如 440106。")
        return text


def refuse_repeated_ids(places: Iterable[tuple[str, str]]) -> None:
    """`places` are (where, id). Raises InvalidEntry naming both places of an id that stands twice."""
    first: dict[str, str] = {}
    for where, entry_id in places:
        if entry_id in first:
            raise InvalidEntry(where, f"编号“{entry_id}”与{first[entry_id]}重复。请改成不同的编号。")
        first[entry_id] = where
