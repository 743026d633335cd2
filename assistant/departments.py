"""Find the department to name beside an answer or in its place: looked up in the directory, or as the router says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.models import DepartmentCard
from assistant.routing import DepartmentRouter
from assistant.rules import DepartmentRules
from indexing.ports import Tokenizer
from knowledge_base.models import Department
from knowledge_base.ports import DepartmentStore
from knowledge_base.regions import RegionDirectory

_MATTER_WEIGHT, _ALIAS_WEIGHT, _DUTY_WEIGHT = 3.0, 2.0, 1.0


@dataclass(frozen=True, slots=True)
class DepartmentFinder:
    """`hotline` is named where nothing in the directory fits. Without a router, shared words decide."""

    departments: DepartmentStore
    regions: RegionDirectory
    tokenizer: Tokenizer
    hotline: DepartmentCard
    rules: DepartmentRules
    router: DepartmentRouter | None = None

    def by_id(self, department_id: str) -> DepartmentCard | None:
        department = self.departments.get(department_id)
        return card_of(department) if department else None

    def by_authority(self, authorities: Iterable[str]) -> DepartmentCard | None:
        """The department of the directory that issued a document."""
        directory = self.departments.all()
        for authority in authorities:
            for department in directory:
                if authority in (department.name, *department.aliases):
                    return card_of(department)
        return None

    def likely(self, question: str, jurisdiction: str | None) -> DepartmentCard:
        """The department a request like this belongs to, the hotline where that is not clear enough to send somebody there."""
        if self.router is not None:
            lead = self.router.route(question, jurisdiction).lead
            return lead.department if lead and lead.confidence >= self.rules.named_from else self.central_hotline()
        terms = set(self.tokenizer.query_terms(question))
        lineage = self.regions.lineage(jurisdiction) if jurisdiction else None
        reachable = [d for d in self.departments.all() if lineage is None or d.jurisdiction in lineage]
        scored = [(_affinity(department, terms), department) for department in reachable]
        best = max(scored, key=lambda pair: pair[0], default=None)
        return card_of(best[1]) if best and best[0] > 0 else self.central_hotline()

    def belongs_elsewhere(self, request: str, jurisdiction: str | None, department: DepartmentCard) -> DepartmentCard | None:
        """The department the router is sure of, where a request like this hardly belongs to the given one or to one above or below it."""
        routing = self.router.route(request, jurisdiction) if self.router else None
        if routing is None or routing.lead is None or routing.lead.confidence < self.rules.sure_from:
            return None
        possible = {each.department.id for each in routing.candidates if each.confidence >= self.rules.possible_from}
        return None if self._family(department.id) & {each for one in possible for each in self._family(one)} else routing.lead.department

    def _family(self, department_id: str) -> set[str]:
        """The department and the one above it."""
        department = self.departments.get(department_id)
        return {department_id} | ({department.parent_id} if department and department.parent_id else set())

    def central_hotline(self) -> DepartmentCard:
        """The directory's own 12345 entry where it has one."""
        entries = (d for d in self.departments.all() if d.phone.endswith("12345") or "12345" in (d.name, *d.aliases) or "12345" in d.name)
        department = next(entries, None)
        return card_of(department) if department else self.hotline


def _affinity(department: Department, terms: set[str]) -> float:
    """Shared words, weighted by where they stand and by their length (a long word says more than a short one)."""
    fields = (
        (department.matters, _MATTER_WEIGHT),
        ((department.name, *department.aliases), _ALIAS_WEIGHT),
        (department.duties, _DUTY_WEIGHT),
    )
    return sum(weight * len(term) for texts, weight in fields for term in terms if len(term) > 1 and any(term in text for text in texts))


def card_of(department: Department) -> DepartmentCard:
    return DepartmentCard(department.id, department.name, department.phone, department.hours, department.address)
