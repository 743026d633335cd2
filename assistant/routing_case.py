"""One request held against what is known: how near it is to each department, and the reasons in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.routing_knowledge import SPEAKING_FOR, KnownText, RoutingKnowledge, TextKind
from assistant.routing_rules import RoutingRule
from assistant.routing_settings import RoutingSettings
from knowledge_base.models import Department

Confidences = dict[str, float]
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class FittingRule:
    """A rule that fits, with its departments found in the directory."""

    rule: RoutingRule
    lead: str
    supporting: tuple[str, ...]


class RoutingCase:
    """`reachable` are the systems that serve the region; `evidence` ids of departments, best first; `vector` the text's, unit length."""

    def __init__(  # noqa: PLR0913 - a request with all it is held against
        self,
        text: str,
        vector: npt.NDArray[np.float32],
        evidence: Sequence[str],
        *,
        knowledge: RoutingKnowledge,
        reachable: frozenset[str],
        settings: RoutingSettings,
    ) -> None:
        self.text, self.knowledge, self.reachable, self._settings = text, knowledge, reachable, settings
        self._cosines = knowledge.vectors @ vector
        spread = float(self._cosines.std()) if len(self._cosines) else 0.0
        self._standardised = (self._cosines - self._cosines.mean()) / spread if spread > 0 else np.zeros_like(self._cosines)
        self._found = self._by_evidence(evidence)
        self._learned = self._by_learning()

    def confidences(self) -> Confidences:
        """By system, adding up to at most 1."""
        near = self._by_nearness()
        learned, weights = self._learned or near, self._settings.weights
        found = self._found or learned
        mixed = {
            system: weights.classifier * learned.get(system, 0.0)
            + weights.nearness * near.get(system, 0.0)
            + weights.evidence * found.get(system, 0.0)
            for system in self.reachable
        }
        # What a department has sent back is not offered to it again as if nothing had happened.
        factor = self._settings.nearness.sent_back_factor
        return {system: value * (factor if self._sent_back(system) else 1.0) for system, value in mixed.items()}

    def nearest(self, department: Department) -> float:
        """The best cosine of the department's own texts, -1 where it has none."""
        places = self.knowledge.places(department=department.id, kinds=SPEAKING_FOR)
        return float(self._cosines[places].max()) if len(places) else -1.0

    def reasons(self, system: str, rule: FittingRule | None) -> tuple[str, ...]:
        """Chinese, the weightiest first."""
        words, reasons = self._settings.reasons, []
        if rule and system in (rule.lead, *rule.supporting):
            reasons.append(words["rule"].format(name=rule.rule.name))
        if near := self._nearest_text(system):
            reasons.append(words[near.kind].format(text=short(near.shown)))
        if system in self._found:
            reasons.append(words["evidence"])
        if self._learned.get(system, 0.0) >= self._settings.classifier_reason_from:
            reasons.append(words["classifier"].format(percent=round(self._learned[system] * 100)))
        if returned := self._sent_back(system):
            reasons.append(words["sent_back"].format(text=short(returned.shown)))
        return tuple(reasons)

    def _by_nearness(self) -> Confidences:
        places = {system: self.knowledge.places(system=system, kinds=SPEAKING_FOR) for system in self.reachable}
        best = {system: float(self._standardised[own].max()) for system, own in places.items() if len(own)}
        top = max(best.values(), default=0.0)
        weights = {system: float(np.exp((value - top) * self._settings.nearness.sharpness)) for system, value in best.items()}
        return _shares(weights)

    def _by_learning(self) -> Confidences:
        if self.knowledge.classifier is None:
            return {}
        scored = self.knowledge.classifier.classify(self.text)
        return _shares({entry.label: entry.confidence for entry in scored if entry.label in self.reachable})

    def _by_evidence(self, evidence: Sequence[str]) -> Confidences:
        """The first department found counts fully, the second half, and so on."""
        found: Confidences = defaultdict(float)
        for place, department_id in enumerate(evidence, start=1):
            system = self.knowledge.system(department_id) if department_id in self.knowledge.departments else ""
            if system in self.reachable:
                found[system] += 1 / place
        return _shares(found)

    def _nearest_text(self, system: str) -> KnownText | None:
        places = self.knowledge.places(system=system, kinds=SPEAKING_FOR - {TextKind.NAME})
        if not len(places):
            return None
        best = int(places[self._standardised[places].argmax()])
        return self.knowledge.texts[best] if self._standardised[best] >= self._settings.nearness.reason_from else None

    def _sent_back(self, system: str) -> KnownText | None:
        """A request alike that it sent back."""
        places = self.knowledge.places(system=system, kinds={TextKind.SENT_BACK})
        alike = [int(place) for place in places if self._cosines[place] >= self._settings.nearness.sent_back_from]
        return self.knowledge.texts[alike[-1]] if alike else None


def short(text: str) -> str:
    """For a reason: enough to recognise the text by."""
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _shares(values: Confidences) -> Confidences:
    total = sum(values.values())
    return {key: value / total for key, value in values.items()} if total > 0 else {}
