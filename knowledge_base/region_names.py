"""Words about place names, loaded from place_names.toml, and the everyday short names of administrative divisions."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from knowledge_base.models import Region, RegionLevel

_SHIPPED = Path(__file__).with_name("place_names.toml")


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """See place_names.toml for the meaning of each list."""

    endings: dict[str, tuple[str, ...]]
    ethnic: tuple[str, ...]
    never_short: frozenset[str]
    plain_districts: frozenset[str]
    phrases: tuple[str, ...]
    after_short_name: tuple[str, ...]
    after_full_name: tuple[str, ...]
    national: tuple[str, ...]
    vertical: tuple[str, ...]
    office_endings: tuple[str, ...]


@cache
def load_place_words(path: Path = _SHIPPED) -> PlaceWords:
    """Raises OSError or tomllib.TOMLDecodeError; a missing list is a KeyError naming it."""
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    plain, authorities = tables["plain_words"], tables["authorities"]
    return PlaceWords(
        endings={level: tuple(words) for level, words in tables["endings"].items()},
        ethnic=_longest_first(tables["ethnic"]["names"]),
        never_short=frozenset(tables["short_names"]["never"]),
        plain_districts=frozenset(plain["districts"]),
        phrases=_longest_first(plain["phrases"]),
        after_short_name=tuple(plain["after_short_name"]),
        after_full_name=tuple(plain["after_full_name"]),
        national=_longest_first(authorities["national"]),
        vertical=_longest_first(authorities["vertical"]),
        office_endings=tuple(authorities["office_endings"]),
    )


def short_names(region: Region, words: PlaceWords) -> tuple[str, ...]:
    """Everyday names without the ending: 广东, 恩施 and 恩施州, 北川 and 北川县; none shorter than two characters."""
    if region.level is RegionLevel.NATION:
        return ()
    ending = next((e for e in words.endings[region.level.value] if region.name.endswith(e)), "")
    stem = region.name[: len(region.name) - len(ending)] if ending else region.name
    names = {stem}
    if ending.startswith("自治"):
        place = _without_peoples(stem, words.ethnic)
        names = {place, place + ending.removeprefix("自治")} if ending != "自治区" else {place}
    return tuple(sorted(name for name in names if len(name) >= 2 and name != region.name and name not in words.never_short))


def _without_peoples(stem: str, peoples: tuple[str, ...]) -> str:
    """恩施土家族苗族 → 恩施; 东乡族 (a county named for its people) → 东乡."""
    rest = stem
    while people := next((p for p in peoples if rest.endswith(p) and len(rest) > len(p)), None):
        rest = rest.removesuffix(people)
    return rest.removesuffix("族") if rest in peoples else rest


def _longest_first(words: list[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=len, reverse=True))
