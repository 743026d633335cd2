"""The department directory: entries checked on the way in, and looked up by id, name or alias."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from knowledge_base.entry_fields import EntryFields, refuse_repeated_ids
from knowledge_base.errors import InvalidEntry
from knowledge_base.models import Department
from knowledge_base.regions import RegionDirectory


def department_from_row(where: str, row: Mapping[str, object], regions: RegionDirectory | None = None) -> Department:
    """A department from the fields of a row. `where` names file and row. Raises InvalidEntry.

    Without `regions` the jurisdiction must be a six-digit code; with them a name will do, and the code must exist.
    """
    fields = EntryFields(where, row, Department)
    return Department(
        id=fields.required("id", "编号"),
        name=fields.required("name", "部门名称"),
        jurisdiction=fields.jurisdiction(regions),
        phone=fields.text("phone"),
        hours=fields.text("hours"),
        address=fields.text("address"),
        duties=fields.texts("duties"),
        matters=fields.texts("matters"),
        aliases=fields.texts("aliases"),
        parent_id=fields.text("parent_id") or None,
        url=fields.url("url") or None,
        is_demonstration=fields.flag("is_demonstration"),
    )


def check_departments(entries: Iterable[tuple[str, Department]], known: Collection[str] | None = None) -> tuple[Department, ...]:
    """Entries of one file, each with its place: ids unique, no department above itself. Raises InvalidEntry.

    With `known`, ids already in the directory, every parent must be there or in the file.
    """
    placed = tuple(entries)
    refuse_repeated_ids((where, department.id) for where, department in placed)
    parents = {department.id: department.parent_id for _, department in placed}
    for where, department in placed:
        if known is not None and department.parent_id is not None and department.parent_id not in {*parents, *known}:
            raise InvalidEntry(where, f"没有上级部门“{department.parent_id}”。请先导入这个部门，或改正“上级部门编号”。")
        if _is_above_itself(department.id, parents):
            raise InvalidEntry(where, f"部门“{department.name}”的上级关系绕成了圈。请改正“上级部门编号”。")
    return tuple(department for _, department in placed)


class DepartmentDirectory:
    """Immutable after construction; safe to share between threads."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self._by_id = {department.id: department for department in departments}
        self._by_name: dict[str, list[Department]] = defaultdict(list)
        self._children: dict[str, list[Department]] = defaultdict(list)
        for department in self._by_id.values():
            for name in dict.fromkeys((department.name, *department.aliases)):
                self._by_name[name].append(department)
            if department.parent_id is not None:
                self._children[department.parent_id].append(department)

    def all(self) -> tuple[Department, ...]:
        return tuple(self._by_id.values())

    def get(self, department_id: str) -> Department | None:
        return self._by_id.get(department_id)

    def named(self, name: str) -> tuple[Department, ...]:
        """Departments of this name, then those that only go by it (an alias); several regions may each have one."""
        found = self._by_name.get(name.strip(), ())
        return tuple(sorted(found, key=lambda department: department.name != name.strip()))

    def resolve(self, id_or_name: str, jurisdiction: str | None = None) -> Department | None:
        """The one department meant by an id, name or alias, if need be the one of this jurisdiction; None where none or several are."""
        if id_or_name in self._by_id:
            return self._by_id[id_or_name]
        found = self.named(id_or_name)
        if len(found) > 1 and jurisdiction is not None:
            found = tuple(department for department in found if department.jurisdiction == jurisdiction)
        return found[0] if len(found) == 1 else None

    def children(self, department_id: str) -> tuple[Department, ...]:
        return tuple(self._children.get(department_id, ()))


def _is_above_itself(department_id: str, parents: Mapping[str, str | None]) -> bool:
    above, steps = parents.get(department_id), 0
    while above is not None and steps <= len(parents):
        if above == department_id:
            return True
        above, steps = parents.get(above), steps + 1
    return False
