"""Choose the department for a request from rules, labelled messages, duties and what was found. Gives reasons, stores nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant.departments import card_of
from assistant.routing import RoutedDepartment, Routing
from assistant.routing_case import Confidences, FittingRule, RoutingCase, short
from assistant.routing_knowledge import RoutingKnowledge
from assistant.routing_rules import RoutingRule
from assistant.routing_settings import RoutingSettings
from indexing.ports import Embedder
from knowledge_base.departments import DepartmentDirectory
from knowledge_base.models import Department
from knowledge_base.regions import RegionDirectory

_CLAUSE = re.compile(r"[。！？；!?;\n]+|(?:另外|还有|同时|此外)[，,]?")
_MOST = 3


@dataclass(frozen=True, slots=True)
class EvidenceRouter:
    """Implements DepartmentRouter. `knowledge` is asked for at every request, so that a changed directory is seen soon."""

    knowledge: Callable[[], RoutingKnowledge]
    regions: RegionDirectory
    embedder: Embedder
    rules: Callable[[], tuple[RoutingRule, ...]]
    settings: RoutingSettings

    def route(self, text: str, jurisdiction: str | None, *, title: str = "", evidence: Sequence[str] = ()) -> Routing:
        whole, knowledge = f"{title}。{text}" if title else text, self.knowledge()
        reachable = self._reachable(jurisdiction, knowledge)
        if not whole.strip() or not reachable:
            return Routing((), None, (), automatic=False)
        case, rule = self._case(whole, evidence, knowledge, reachable), self._fitting_rule(whole, knowledge, reachable)
        confidences = self._ruled(case.confidences(), rule)
        ranked = sorted((system for system in confidences if confidences[system] > 0), key=lambda system: (-confidences[system], system))
        candidates = tuple(self._routed(case, system, confidences[system], jurisdiction, rule) for system in ranked[:_MOST])
        if not candidates:
            return Routing((), None, (), automatic=False)
        sure = rule.rule.automatic if rule else candidates[0].confidence >= knowledge.threshold
        return Routing(candidates, candidates[0], self._supporting(case, ranked[0], jurisdiction, rule), automatic=sure)

    def _case(self, text: str, evidence: Sequence[str], knowledge: RoutingKnowledge, reachable: frozenset[str]) -> RoutingCase:
        vector = self.embedder.embed_queries([text])[0]
        return RoutingCase(text, vector, evidence, knowledge=knowledge, reachable=reachable, settings=self.settings)

    def _reachable(self, jurisdiction: str | None, knowledge: RoutingKnowledge) -> frozenset[str]:
        """Systems that serve the region: by the department itself or by one under it."""
        lineage = self.regions.lineage(jurisdiction) if jurisdiction else None
        serving = (d.id for d in knowledge.departments.values() if lineage is None or d.jurisdiction in lineage)
        return frozenset(knowledge.system(department_id) for department_id in serving)

    def _fitting_rule(self, text: str, knowledge: RoutingKnowledge, reachable: frozenset[str]) -> FittingRule | None:
        rules = [rule for rule in self.rules() if rule.fits(text)]
        directory = DepartmentDirectory(knowledge.departments[system] for system in reachable) if rules else None
        for rule in rules:
            lead = directory.resolve(rule.lead) if directory else None
            if directory and lead:
                named = (directory.resolve(name) for name in rule.supporting)
                return FittingRule(rule, lead.id, tuple(department.id for department in named if department))
        return None

    def _ruled(self, confidences: Confidences, rule: FittingRule | None) -> Confidences:
        if rule is None:
            return confidences
        certain = self.settings.rule_confidence
        others = sum(value for system, value in confidences.items() if system != rule.lead) or 1.0
        return {system: value * (1 - certain) / others for system, value in confidences.items()} | {rule.lead: certain}

    def _routed(
        self, case: RoutingCase, system: str, confidence: float, jurisdiction: str | None, rule: FittingRule | None = None
    ) -> RoutedDepartment:
        department, reasons = self._local(case, system, jurisdiction), case.reasons(system, rule)
        if department.id != system:
            reasons = (self.settings.reasons["local"].format(region=self.regions.full_name(department.jurisdiction)), *reasons)
        return RoutedDepartment(card_of(department), round(confidence, 4), reasons)

    def _local(self, case: RoutingCase, system: str, jurisdiction: str | None) -> Department:
        """属地: the district's own department, unless the matter is clearly one the city keeps to itself."""
        above = case.knowledge.departments[system]
        lineage = self.regions.lineage(jurisdiction) if jurisdiction else ()
        local = [child for child in case.knowledge.children(system) if child.jurisdiction in lineage]
        bar = case.nearest(above) - self.settings.child_margin
        return next((child for child in local if case.nearest(child) >= bar), above)

    def _supporting(self, case: RoutingCase, lead: str, jurisdiction: str | None, rule: FittingRule | None) -> tuple[RoutedDepartment, ...]:
        """协办: those a rule names, and those to whom a clause of its own clearly belongs."""
        named = rule.supporting if rule else ()
        found = {system: self._routed(case, system, self.settings.rule_confidence, jurisdiction, rule) for system in named}
        for clause in self._clauses(case.text):
            own = self._case(clause, (), case.knowledge, case.reachable)
            confidences = own.confidences()
            system = max(confidences, key=lambda key: confidences[key])
            if confidences[system] >= self.settings.joint.supporting_from and system not in found:
                reason = self.settings.reasons["clause"].format(text=short(clause))
                found[system] = replace(self._routed(own, system, confidences[system], jurisdiction), reasons=(reason,))
        return tuple(routed for system, routed in found.items() if system != lead)[: _MOST - 1]

    def _clauses(self, text: str) -> list[str]:
        clauses = [clause.strip("，, 、") for clause in _CLAUSE.split(text)]
        long_enough = [clause for clause in clauses if len(clause) >= self.settings.joint.clause_characters]
        return long_enough[: self.settings.joint.max_clauses] if len(long_enough) > 1 else []
