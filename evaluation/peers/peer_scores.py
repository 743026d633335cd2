"""From what a runner wrote to a row of the table, and from the rows to who is better at what. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.retrieval_scores import latency_percentiles, mean_scores, score_ranking

OWN, OWN_SHIPPED = "zhengwen", "zhengwen_shipped"
HYBRID = "hybrid"
_ROUNDING = 4
QUALITY = {"hit@1": "hit@1", "hit@10": "hit@10", "mrr@10": "MRR@10", "recall@100": "recall@100"}
COSTS = {
    "p50_ms": "用时 p50",
    "p95_ms": "用时 p95",
    "cpu_p50_ms": "处理器 p50",
    "build_s": "建索引",
    "open_s": "打开",
    "peak_mib": "内存",
    "disk_mib": "磁盘",
}
_SAME = 0.0005
"""Differences of quality below this are not shown in the table, so they are none."""


@dataclass(frozen=True, slots=True)
class Advantage:
    """A neighbour's `kind` of search that does better in `measure` than the product's; both values as in the rows."""

    peer: str
    kind: str
    measure: str
    theirs: float
    ours: float


def score_runs(
    built: Mapping[str, Any], asked: Mapping[str, Any], labels: Sequence[Mapping[str, int]], documents: Sequence[str]
) -> dict[str, dict[str, float]]:
    """{kind: figures} of one neighbour. A document stands where its best passage stands, as `evaluate retrieval` has it.

    `p50_ms` and `p95_ms` are of ten passages, `deep_p50_ms` of the hundred that quality is judged on.
    """
    costs = {name: float(run[name]) for run, name in _costs(built, asked)}
    rows = {}
    for kind, row in asked["rows"].items():
        ranked = [list(dict.fromkeys(documents[place] for place in places)) for places in row["ranked"]]
        scores = mean_scores([score_ranking(found, relevant) for found, relevant in zip(ranked, labels, strict=True)])
        deep = latency_percentiles(row["deep_ms"])["p50_ms"]
        used = latency_percentiles(row["cpu_ms"])["p50_ms"]
        times = {**latency_percentiles(row["shown_ms"]), "deep_p50_ms": deep, "cpu_p50_ms": used, "timed": len(row["shown_ms"])}
        figures = {**scores, **times, **costs}
        rows[kind] = {name: round(number, _ROUNDING) for name, number in figures.items()}
    return rows


def advantages(rows: Mapping[str, Mapping[str, Mapping[str, float]]], own_kind: str = HYBRID) -> list[Advantage]:
    """Where a neighbour's hybrid search, or its search by vectors where it has no other, does better than the product's `own_kind`."""
    ours = rows[OWN][own_kind]
    found = []
    for peer, kinds in rows.items():
        if peer in {OWN, OWN_SHIPPED} or not any(kind in kinds for kind in (HYBRID, "vector")):
            continue
        kind = HYBRID if HYBRID in kinds else "vector"
        theirs = kinds[kind]
        better = [name for name in QUALITY if theirs[name] > ours[name] + _SAME] + [name for name in COSTS if theirs[name] < ours[name]]
        found += [Advantage(peer, kind, name, theirs[name], ours[name]) for name in better]
    return found


def _costs(built: Mapping[str, Any], asked: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], str]]:
    of_building, of_asking = ("build_s", "build_peak_mib", "disk_mib"), ("open_s", "peak_mib", "scan_p50_ms")
    return [*((built, name) for name in of_building), *((asked, name) for name in of_asking)]
