"""Says what to ask the caller: the conditions of the guide, and what is missing for an order. Decides nothing for anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answer_status import AnswerStatus
from assistant.hotline.desk_models import DeskCard, PointToCheck
from assistant.hotline.desk_rules import DeskRules
from assistant.intents import RequestType
from assistant.models import Facet
from knowledge_base.models import RegionLevel
from knowledge_base.regions import RegionDirectory

_SECRET = frozenset({RequestType.COMPLAINT, RequestType.REPORT})
_REGION_MATTERS = frozenset({AnswerStatus.NEEDS_DETAIL, AnswerStatus.OUT_OF_REGION})


@dataclass(frozen=True, slots=True)
class PointsToCheck:
    """Safe to call from many threads."""

    regions: RegionDirectory
    rules: DeskRules

    def of(self, card: DeskCard, jurisdiction: str | None) -> tuple[PointToCheck, ...]:
        """What is missing first, then the conditions in the guide's own words."""
        return (*self._missing(card, jurisdiction), *self._conditions(card)) if card.answer else ()

    def _missing(self, card: DeskCard, jurisdiction: str | None) -> Iterator[PointToCheck]:
        points = self.rules.points
        is_event = card.request_type in points.event_types
        if not self._is_district(jurisdiction):
            if card.answer and card.answer.status in _REGION_MATTERS:
                yield PointToCheck(points.words["region_of_service"])
            elif is_event:
                yield PointToCheck(points.words["region"])
        if not is_event:
            return
        for name, pattern in (("when", points.when), ("where", points.where), ("wish", points.wish)):
            if not pattern.search(card.text):
                yield PointToCheck(points.words[name])
        if card.request_type in _SECRET:
            yield PointToCheck(points.words["secrecy"])

    def _conditions(self, card: DeskCard) -> Iterator[PointToCheck]:
        lines = [line for field in card.fields if field.facet is Facet.CONDITIONS for line in field.lines]
        for line in lines[: self.rules.points.max_conditions]:
            yield PointToCheck(self.rules.points.words["condition"], line)

    def _is_district(self, code: str | None) -> bool:
        return code is not None and self.regions.get(code).level is RegionLevel.COUNTY
