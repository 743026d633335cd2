"""Which messages repeat others almost word for word. Such rows in training would make a test measure memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from assistant.classification import LabelledText

_RUN = 3
# Two messages are near-duplicates when their runs of three characters overlap by this share (Jaccard).
_OVERLAP = 0.7
# Runs that very many messages share are in every letter ("尊敬的领导"); looking them up costs most and tells nothing.
_COMMON = 400


def near_duplicates(candidates: Sequence[LabelledText], of: Sequence[LabelledText]) -> set[int]:
    """Places of those `candidates` that nearly repeat one of the others."""
    holders: dict[str, list[int]] = defaultdict(list)
    runs = [_runs(one) for one in of]
    for place, found in enumerate(runs):
        for run in found:
            holders[run].append(place)
    return {place for place, one in enumerate(candidates) if _repeats(_runs(one), runs, holders)}


def _repeats(mine: frozenset[str], runs: Sequence[frozenset[str]], holders: dict[str, list[int]]) -> bool:
    rare = [run for run in mine if len(holders.get(run, ())) <= _COMMON]
    shared = Counter(place for run in rare for place in holders.get(run, ()))
    # Common runs may be shared too: count exactly, but only for messages that share half of the rare ones.
    likely = [place for place, count in shared.items() if count >= len(rare) * _OVERLAP / 2]
    return any(len(mine & runs[place]) >= _OVERLAP * len(mine | runs[place]) for place in likely)


def _runs(one: LabelledText) -> frozenset[str]:
    text = "".join(f"{one.title}{one.text}".split())
    return frozenset(text[start : start + _RUN] for start in range(max(len(text) - _RUN + 1, 1)))
