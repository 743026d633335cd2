"""Where something happened, out of what a caller says; rules from event_places.toml. Knows regions by name, no map."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.regions import RegionDirectory

PLACES_FILE = Path(__file__).with_name("event_places.toml")
_REGION_WEIGHT, _NUMBER_WEIGHT, _LONGEST = 6, 4, 16
_Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class EventPlaces:
    """Finds the place of an event. Immutable, safe to share between threads."""

    name: _Pattern
    part: _Pattern
    follows: _Pattern
    stops: _Pattern
    never: _Pattern
    region: _Pattern
    number: _Pattern
    regions: RegionDirectory
    max_characters: int

    def find(self, text: str) -> str:
        """The place described most closely, the earliest of several; "" where none is named."""
        found = [place for match in self.name.finditer(text) if (place := self._place(text, match))]
        return max(found, key=self._closeness, default="")

    def jurisdiction(self, text: str) -> str | None:
        """The one region the text names; None where it names none or several."""
        named = self.regions.find_in_text(text)
        return named[0].code if len(named) == 1 else None

    def _place(self, text: str, match: re.Match[str]) -> str:
        """The name without the words of the sentence in front of it, with what follows; "" where no name is left."""
        name, kind = match[0], match["kind"]
        last = max((stop.end() for stop in self.stops.finditer(name) if stop.end() <= len(name) - len(kind)), default=0)
        name = name[last:]
        if len(name) <= len(kind) or self.never.search(name):
            return ""
        end = match.end()
        while following := self._following(text, end):
            end = following
        return (name + text[match.end() : end])[: self.max_characters]

    def _following(self, text: str, start: int) -> int:
        """Where the next piece of the place ends, 0 where there is none."""
        if match := self.follows.match(text, start):
            return match.end()
        part = self.part.match(text, start)
        if not part or len(part[0]) < 2 or self.stops.search(part[0]) or self.never.search(part[0]):
            return 0
        return part.end()

    def _closeness(self, place: str) -> int:
        region = _REGION_WEIGHT if self.region.search(place) else 0
        number = _NUMBER_WEIGHT if self.number.search(place) else 0
        return min(len(place), _LONGEST) + region + number


def load_event_places(regions: RegionDirectory, path: Path = PLACES_FILE) -> EventPlaces:
    """Raises KeyError for a missing entry, re.error for a broken pattern."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    kinds = _joined(table["kinds"])
    return EventPlaces(
        name=re.compile(rf"[^\W_]{{1,16}}?(?P<kind>{kinds})"),
        part=re.compile(rf"[^\W_]{{0,8}}?(?:{kinds})"),
        follows=re.compile(_joined(table["follows"])),
        stops=re.compile(_joined(table["stops"])),
        never=re.compile(_joined(table["never"])),
        region=re.compile(table["region"]),
        number=re.compile(table["number"]),
        regions=regions,
        max_characters=table["max_characters"],
    )


def _joined(pattern: str) -> str:
    return pattern.replace("\n", "")
