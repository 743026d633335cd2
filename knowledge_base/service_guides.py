"""Service guides checked on the way in. What a guide does not say stays empty; nothing is filled in by guessing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knowledge_base.departments import DepartmentDirectory
from knowledge_base.entry_fields import EntryFields, refuse_repeated_ids
from knowledge_base.errors import InvalidEntry
from knowledge_base.models import ServiceGuide
from knowledge_base.regions import RegionDirectory


def guide_from_row(where: str, row: Mapping[str, object], regions: RegionDirectory | None = None) -> ServiceGuide:
    """A guide from the fields of a row. `where` names file and row. Raises InvalidEntry.

    Without `regions` the jurisdiction must be a six-digit code; with them a name will do, and the code must exist.
    """
    fields = EntryFields(where, row, ServiceGuide)
    return ServiceGuide(
        id=fields.required("id", "编号"),
        title=fields.required("title", "事项名称"),
        department_id=fields.required("department_id", "承办部门编号"),
        jurisdiction=fields.jurisdiction(regions),
        topic=fields.text("topic"),
        aliases=fields.texts("aliases"),
        conditions=fields.texts("conditions"),
        required_materials=fields.texts("required_materials"),
        process=fields.texts("process"),
        time_limit=fields.text("time_limit"),
        fee=fields.text("fee"),
        place=fields.text("place"),
        hours=fields.text("hours"),
        phone=fields.text("phone"),
        url=fields.url("url"),
        basis=fields.texts("basis"),
        usual_questions=fields.texts("usual_questions"),
        is_demonstration=fields.flag("is_demonstration"),
    )


def check_guides(entries: Iterable[tuple[str, ServiceGuide]], departments: DepartmentDirectory | None = None) -> tuple[ServiceGuide, ...]:
    """Entries of one file, each with its place: ids unique and, where a directory is given, departments known. Raises InvalidEntry."""
    placed = tuple(entries)
    refuse_repeated_ids((where, guide.id) for where, guide in placed)
    for where, guide in placed:
        if departments is not None and departments.get(guide.department_id) is None:
            raise InvalidEntry(where, f"承办部门“{guide.department_id}”不在部门名录中。请先导入这个部门，或改正部门编号。")
    return tuple(guide for _, guide in placed)
