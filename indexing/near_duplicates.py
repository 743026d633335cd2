"""Which texts repeat others almost word for word. Such rows in training would make a test measure memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

Runs = frozenset[str]

_RUN = 3
# Two texts are near-duplicates when their runs of three characters overlap by this share (Jaccard).
_OVERLAP = 0.7
# Runs that very many texts share are in every letter ("尊敬的领导"); looking them up costs most and tells nothing.
_COMMON = 400


def near_duplicates(candidates: Sequence[str], of: Sequence[str]) -> set[int]:
    """Places of those `candidates` that nearly repeat one of the others."""
    runs = [_runs(text) for text in of]
    holders = _holders(runs)
    return {place for place, text in enumerate(candidates) if _repeated(_runs(text), runs, holders)}


def near_duplicate_groups(texts: Sequence[str], keys: Sequence[str] = ()) -> list[int]:
    """For each text the number of its group: texts that nearly repeat one another, directly or by way of others, share one.

    Texts of the same key share a group too.
    """
    runs = [_runs(text) for text in texts]
    holders = _holders(runs)
    leaders = list(range(len(texts)))
    for place, mine in enumerate(runs):
        for other in _repeated(mine, runs, holders):
            _join(leaders, place, other)
    first: dict[str, int] = {}
    for place, key in enumerate(keys):
        _join(leaders, place, first.setdefault(key, place))
    return [_leader(leaders, place) for place in range(len(texts))]


def _join(leaders: list[int], one: int, other: int) -> None:
    low, high = sorted((_leader(leaders, one), _leader(leaders, other)))
    leaders[high] = low


def _leader(leaders: list[int], place: int) -> int:
    while leaders[place] != place:
        place = leaders[place]
    return place


def _holders(runs: Sequence[Runs]) -> Mapping[str, list[int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for place, found in enumerate(runs):
        for run in found:
            holders[run].append(place)
    return holders


def _repeated(mine: Runs, runs: Sequence[Runs], holders: Mapping[str, list[int]]) -> list[int]:
    rare = [run for run in mine if len(holders.get(run, ())) <= _COMMON]
    shared = Counter(place for run in rare for place in holders.get(run, ()))
    # Common runs may be shared too: count exactly, but only for texts that share half of the rare ones.
    likely = [place for place, count in shared.items() if count >= len(rare) * _OVERLAP / 2]
    return [place for place in likely if len(mine & runs[place]) >= _OVERLAP * len(mine | runs[place])]


def _runs(text: str) -> Runs:
    whole = "".join(text.split())
    return frozenset(whole[start : start + _RUN] for start in range(max(len(whole) - _RUN + 1, 1)))
