"""Tell apart rules of several places that say different things on the matter asked, so that they are never mixed. Composes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.models import AcceptedPassage, Evidence, UnderstoodQuestion
from assistant.steps.evidence_finder import EvidenceFinder
from knowledge_base.regions import RegionDirectory


@dataclass(frozen=True, slots=True)
class RegionSplitter:
    finder: EvidenceFinder
    regions: RegionDirectory

    def apart(self, question: UnderstoodQuestion, evidence: Evidence) -> tuple[tuple[str, Evidence], ...]:
        """(region, what binds there), nearest first; empty where the region is known, or one rule or text serves everybody."""
        if question.jurisdiction is not None or not evidence.accepted:
            return ()
        near = self._nearest_by_region(evidence.accepted)
        codes = tuple(code for code in near if not any(code in self.regions.lineage(other)[1:] for other in near))
        if len(codes) < 2 or next(iter(near)) not in codes or not self._differ([near[code] for code in codes]):
            return ()
        shown = codes[: self.finder.rules.parts.max_regions]
        return tuple((code, replace(evidence, accepted=self._binding_in(code, evidence))) for code in shown)

    def _nearest_by_region(self, accepted: Sequence[AcceptedPassage]) -> dict[str, AcceptedPassage]:
        """Of the passages about as near as the nearest one, the first of each region, in the order of the search."""
        bar = self.finder.nearness(accepted[0].ranked) - self.finder.rules.evidence.absence_margin
        near: dict[str, AcceptedPassage] = {}
        for item in accepted:
            if self.finder.nearness(item.ranked) >= bar:
                near.setdefault(item.ranked.passage.jurisdiction, item)
        return near

    def _binding_in(self, code: str, evidence: Evidence) -> tuple[AcceptedPassage, ...]:
        lineage = self.regions.lineage(code)
        return tuple(item for item in evidence.accepted if item.ranked.passage.jurisdiction in lineage)

    def _differ(self, items: Sequence[AcceptedPassage]) -> bool:
        """False where the texts are the same but for the names of the places."""
        return len({self._without_place(item) for item in items}) > 1

    def _without_place(self, item: AcceptedPassage) -> str:
        text = "".join(item.ranked.passage.text.split())
        for code in self.regions.lineage(item.ranked.passage.jurisdiction):
            text = text.replace(self.regions.get(code).name, "")
        return text
