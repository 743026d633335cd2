"""Crawled service items (doc_id, title, text of "名称：内容" lines, meta) as rows of service guides, word for word."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from knowledge_base.errors import InvalidEntry
from knowledge_base.models import Department
from knowledge_base.regions import RegionDirectory

# Which lines of an item make which field; several lines keep their names, a single one needs none.
_TIME_LIMITS = ("法定办结时限", "承诺办结时限")
_NONE = "无"


def is_service_item(row: Mapping[str, object]) -> bool:
    return "doc_id" in row and isinstance(row.get("meta"), dict)


def guide_row_of_item(where: str, row: Mapping[str, object]) -> dict[str, object]:
    """The row of the service guide. Raises InvalidEntry where the department is missing."""
    meta, lines = _meta(row), _lines(str(row.get("text") or ""))
    materials = meta.get("materials")
    return {
        "id": row["doc_id"],
        "title": row.get("title"),
        "department_id": department_id(_department_name(where, meta)),
        "jurisdiction": meta.get("area"),
        "topic": "、".join(_texts(meta.get("theme"))),
        "conditions": [lines["受理标准"]] if "受理标准" in lines else [],
        # "无" stands here for "not stated" as often as for "none", so it says nothing.
        "required_materials": _texts(materials) if isinstance(materials, list) else [],
        "time_limit": "；".join(f"{name}：{lines[name]}" for name in _TIME_LIMITS if name in lines),
        "place": lines.get("办理地点", "").removeprefix("办理地点："),
        "phone": lines.get("咨询电话") or _unless_none(meta.get("phone")),
        "url": _unless_none(meta.get("url")),
    }


def department_of_item(where: str, row: Mapping[str, object], regions: RegionDirectory) -> Department:
    """The department an item names: its name and jurisdiction, nothing else is known. Raises InvalidEntry."""
    meta = _meta(row)
    name, area = _department_name(where, meta), str(meta.get("area") or "")
    region = regions.resolve(area)
    if region is None:
        raise InvalidEntry(where, f"没有找到行政区划“{area}”。请填写规范全称。")
    return Department(department_id(name), name, region.code, phone="", hours="", address="", duties=())


def department_id(name: str) -> str:
    """The id of a department known by name only: always the same for the same name."""
    return f"dept-{hashlib.blake2b(name.encode(), digest_size=6).hexdigest()}"


def _department_name(where: str, meta: Mapping[str, object]) -> str:
    name = str(meta.get("dept") or "").strip()
    if not name:
        raise InvalidEntry(where, "缺少主管部门（meta.dept）。请补上。")
    return name


def _meta(row: Mapping[str, object]) -> Mapping[str, object]:
    meta = row.get("meta")
    return meta if isinstance(meta, dict) else {}


def _lines(text: str) -> dict[str, str]:
    pairs = (line.partition("：") for line in text.splitlines())
    return {name: value.strip() for name, _, value in pairs if value.strip()}


def _texts(value: object) -> list[str]:
    return [str(part) for part in value if str(part).strip()] if isinstance(value, list) else []


def _unless_none(value: object) -> str:
    text = str(value or "").strip()
    return "" if text == _NONE else text
