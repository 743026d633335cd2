"""Guides and departments as rows of text, and back."""

from __future__ import annotations

from dataclasses import fields

from knowledge_base.content.models import Row
from knowledge_base.departments import department_from_row
from knowledge_base.models import Department, ServiceGuide
from knowledge_base.service_guides import guide_from_row

_SEVERAL = frozenset({"aliases", "conditions", "required_materials", "process", "basis", "usual_questions", "duties", "matters"})
YES = "是"


def guide_of(row: Row) -> ServiceGuide:
    """Raises InvalidEntry."""
    return guide_from_row(f"办事指南“{row.get('title', '')}”", _values(row))


def department_of(row: Row) -> Department:
    """Raises InvalidEntry."""
    return department_from_row(f"部门“{row.get('name', '')}”", _values(row))


def row_of(entry: ServiceGuide | Department) -> Row:
    """Cells of what is not empty."""
    cells = {field.name: _cell(getattr(entry, field.name)) for field in fields(entry)}
    return {name: text for name, text in cells.items() if text}


def _values(row: Row) -> dict[str, object]:
    return {name: text.splitlines() if name in _SEVERAL else text for name, text in row.items()}


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        # An item of several lines becomes several: a cell knows no other mark between items.
        return "\n".join(line.strip() for part in value for line in str(part).splitlines() if line.strip())
    if isinstance(value, bool):
        return YES if value else ""
    return str(value or "")
