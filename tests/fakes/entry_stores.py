"""GuideStore and DepartmentStore in memory; they pass the same contract suites as the SQL ones."""

from __future__ import annotations

from collections.abc import Iterable

from knowledge_base.models import Department, ServiceGuide


class MemoryGuideStore:
    def __init__(self, guides: Iterable[ServiceGuide] = ()) -> None:
        self._guides = {guide.id: guide for guide in guides}

    def save(self, guides: Iterable[ServiceGuide]) -> None:
        self._guides.update({guide.id: guide for guide in guides})

    def put(self, guide_id: str, guide: ServiceGuide | None) -> None:
        """As the version of an entry says; None takes it away."""
        self._guides.pop(guide_id, None)
        if guide is not None:
            self._guides[guide_id] = guide

    def all(self) -> tuple[ServiceGuide, ...]:
        return tuple(self._guides[guide_id] for guide_id in sorted(self._guides))

    def get(self, guide_id: str) -> ServiceGuide | None:
        return self._guides.get(guide_id)


class MemoryDepartmentStore:
    def __init__(self, departments: Iterable[Department] = ()) -> None:
        self._departments = {department.id: department for department in departments}

    def save(self, departments: Iterable[Department]) -> None:
        self._departments.update({department.id: department for department in departments})

    def put(self, department_id: str, department: Department | None) -> None:
        """As the version of an entry says; None takes it away."""
        self._departments.pop(department_id, None)
        if department is not None:
            self._departments[department_id] = department

    def all(self) -> tuple[Department, ...]:
        return tuple(self._departments[department_id] for department_id in sorted(self._departments))

    def get(self, department_id: str) -> Department | None:
        return self._departments.get(department_id)
