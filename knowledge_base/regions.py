"""Administrative divisions by GB/T 2260 code, by name, by the name of an authority, and in running text. Reads CSV, nothing else."""

from __future__ import annotations

import csv
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from knowledge_base.errors import UnknownRegion
from knowledge_base.models import NATION_CODE, Region, RegionLevel
from knowledge_base.region_names import PlaceWords, load_place_words, short_names

_RANK = {RegionLevel.NATION: 0, RegionLevel.PROVINCE: 1, RegionLevel.CITY: 2, RegionLevel.COUNTY: 3}

# Several steps of an answer look for places in the same question.
_TEXTS, _SHORT = 512, 200


class RegionDirectory:
    """Immutable after construction; safe to share between threads."""

    def __init__(self, regions: Iterable[Region], words: PlaceWords | None = None) -> None:
        self._words = words or load_place_words()
        self._by_code = {region.code: region for region in regions}
        self._children: dict[str, list[Region]] = defaultdict(list)
        self._full: dict[str, list[Region]] = defaultdict(list)
        self._short: dict[str, list[Region]] = defaultdict(list)
        for region in self._by_code.values():
            if region.parent_code is not None:
                self._children[region.parent_code].append(region)
            self._full[region.name].append(region)
            for name in short_names(region, self._words):
                self._short[name].append(region)
        self._in_text = lru_cache(_TEXTS)(self._found_in)
        self._longest_name = max(map(len, (*self._full, *self._short)), default=0)

    @classmethod
    def from_csv(cls, *paths: Path) -> RegionDirectory:
        """Reads columns code,name,parent_code,level (UTF-8); a later file may overrule an earlier one. Raises OSError, ValueError."""
        return cls(region for path in paths for region in _read(path))

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str, str, str]]) -> RegionDirectory:
        """Of (code, name, level, code above or ""). Raises ValueError."""
        return cls(Region(code, name, RegionLevel(level), above or None) for code, name, level, above in rows)

    def all(self) -> tuple[Region, ...]:
        return tuple(self._by_code.values())

    def get(self, code: str) -> Region:
        """Raises UnknownRegion."""
        try:
            return self._by_code[code]
        except KeyError:
            raise UnknownRegion(code) from None

    def children(self, code: str) -> tuple[Region, ...]:
        return tuple(self._children.get(self.get(code).code, ()))

    def lineage(self, code: str) -> tuple[str, ...]:
        """Codes from the region itself up to the nation. Raises UnknownRegion."""
        codes, region = [], self.get(code)
        codes.append(region.code)
        while region.parent_code is not None:
            region = self.get(region.parent_code)
            codes.append(region.code)
        return tuple(codes)

    def full_name(self, code: str) -> str:
        """广东省广州市天河区; the nation only where it stands alone."""
        codes = [c for c in reversed(self.lineage(code)) if c != NATION_CODE]
        return "".join(self._by_code[c].name for c in codes) or self.get(code).name

    def resolve(self, name_or_code: str) -> Region | None:
        """The region meant by a code, a full or short name, or the name of an authority; None where unknown or ambiguous.

        A central body means the nation, unless it is the local office of one (国家税务总局广州市税务局).
        """
        name = "".join(unicodedata.normalize("NFKC", name_or_code).split())
        if name.startswith("中共") and not name.startswith("中共中央"):
            name = name.removeprefix("中共")
        if name.isdigit():
            return self._by_code.get(name)
        vertical = next((v for v in self._words.vertical if name.startswith(v)), "")
        if vertical and (local := self._place_at(name, len(vertical))):
            return local[0]
        place = self._place_at(name, 0)
        if place and (place[2] or self._is_office(name[place[1] :])):
            return place[0]
        if NATION_CODE in self._by_code and name.startswith(self._words.national):
            return self._by_code[NATION_CODE]
        return None

    def find_in_text(self, text: str) -> tuple[Region, ...]:
        """Places named in running text, in order of appearance: the longest names, none that is ambiguous, none above another one found.

        An ambiguous name counts when a place above it is named too ("我住北京，在朝阳区上班"). Short names of counties and districts count
        only right after the place above them (广州天河).
        """
        return self._in_text(text) if len(text) <= _SHORT else self._found_in(text)

    def _found_in(self, text: str) -> tuple[Region, ...]:
        found: dict[str, Region] = {}
        doubtful: list[str] = []
        position = 0
        while position < len(text):
            phrase = next((p for p in self._words.phrases if text.startswith(p, position)), None)
            place = None if phrase else self._place_at(text, position)
            if place and self._counts_in_text(text, position, place):
                found.setdefault(place[0].code, place[0])
                position = place[1]
                continue
            if place is None and phrase is None and (name := self._longest(self._full, text, position)):
                doubtful.append(name)
                position += len(name)
                continue
            position += len(phrase) if phrase else 1
        for name in doubtful:
            self._settle(name, found)
        above = {code for region in found.values() for code in self.lineage(region.code)[1:]}
        return tuple(region for region in found.values() if region.code not in above)

    def _settle(self, name: str, found: dict[str, Region]) -> None:
        fitting = [r for r in self._full[name] if any(code in found for code in self.lineage(r.code)[1:-1])]
        if len(fitting) == 1:
            found.setdefault(fitting[0].code, fitting[0])

    def _counts_in_text(self, text: str, start: int, place: tuple[Region, int, bool]) -> bool:
        region, end, is_full = place
        name = text[start:end]
        if region.level is RegionLevel.NATION:
            return False
        if not is_full:
            return region.level is not RegionLevel.COUNTY and not text.startswith(self._words.after_short_name, end)
        return name not in self._words.plain_districts and not text.startswith(self._words.after_full_name, end)

    def _is_office(self, rest: str) -> bool:
        return not rest or rest.endswith(self._words.office_endings)

    def _place_at(self, text: str, start: int) -> tuple[Region, int, bool] | None:
        """(region, end, whether it may stand before any words) of the path of names that starts here: 广东省广州市天河区, 北京朝阳区."""
        name = self._longest(self._full, text, start)
        short = self._longest(self._short, text, start)
        if not name and not short:
            return None
        if len(name) >= len(short):
            candidates, end, is_full = self._full[name], start + len(name), True
        else:
            candidates, end, is_full = self._by_short_name(short), start + len(short), False
        while deeper := self._below(candidates, text, end):
            candidates, end, is_full = deeper[0], deeper[1], True
        return (candidates[0], end, is_full) if len(candidates) == 1 else None

    def _below(self, candidates: list[Region], text: str, start: int) -> tuple[list[Region], int] | None:
        """Regions below any candidate whose full or short name stands here, with where it ends."""
        codes = {region.code for region in candidates if region.code != NATION_CODE}
        for names in (self._full, self._short):
            for length in range(min(self._longest_name, len(text) - start), 1, -1):
                regions = names.get(text[start : start + length], ())
                below = [r for r in regions if not codes.isdisjoint(self.lineage(r.code)[1:])]
                if below:
                    return below, start + length
        return None

    def _by_short_name(self, name: str) -> list[Region]:
        """A province outranks a city and a city a county of the same short name (吉林, 长沙)."""
        regions = self._short[name]
        best = min(_RANK[region.level] for region in regions)
        return [region for region in regions if _RANK[region.level] == best]

    def _longest(self, names: dict[str, list[Region]], text: str, start: int) -> str:
        for length in range(min(self._longest_name, len(text) - start), 1, -1):
            if (name := text[start : start + length]) in names:
                return name
        return ""


def _read(path: Path) -> Iterator[Region]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Region(row["code"], row["name"], RegionLevel(row["level"]), row["parent_code"] or None)
