"""What the project promises of its speed, and whether a cell keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.benchmarks.load.cells import ENGINE_WORDS, Outcome

GOAL_CLIENTS = 50
SEARCH_GOAL_MS = {20_000: 150.0, 200_000: 400.0}
"""p95 of a whole search by fifty clients, two cores, while a snapshot is switched (DESIGN.md section 6)."""
ANSWER_GOAL_MS = {1: 400.0, 50: 2000.0}
"""p95 of a whole answer, by clients."""


@dataclass(frozen=True, slots=True)
class Promise:
    """`to_hello` and `to_embedding`: how many times the p95 of the plain route, of the bare vector, by as many clients in the same run."""

    words: str
    where: str
    goal_ms: float
    p95_ms: float | None
    failed: int
    to_hello: float | None
    to_embedding: float | None

    @property
    def is_kept(self) -> bool:
        return self.p95_ms is not None and self.p95_ms <= self.goal_ms and not self.failed


def promises(cells: Sequence[Outcome]) -> list[Promise]:
    """Of every cell that something is promised of, both ways of asking while snapshots are switched."""
    found = []
    for cell in cells:
        goal = SEARCH_GOAL_MS.get(cell["passages"])
        if goal and cell["clients"] == GOAL_CLIENTS:
            found.append(_promise(cell, "switching", f"{GOAL_CLIENTS} 人不停地检索，其间切换快照", goal))
            found.append(_promise(cell, "paced", f"{GOAL_CLIENTS} 人每人每秒检索一次，其间切换快照", goal))
        if cell["clients"] in ANSWER_GOAL_MS:
            words = f"{cell['clients']} 人不停地咨询" if cell["clients"] > 1 else "1 人咨询"
            found.append(_promise(cell, "answer", words, ANSWER_GOAL_MS[cell["clients"]]))
    # One way of asking after the other, so that engines and processes stand beside each other.
    return sorted(found, key=lambda one: (one.goal_ms, one.words))


def place_words(cell: Outcome) -> str:
    return f"{ENGINE_WORDS[cell['engine']]}，{passages_words(cell['passages'])}，{cell['processes']} 个进程"


def passages_words(count: int) -> str:
    return f"{count / 10_000:g} 万段" if count >= 10_000 else f"{count} 段"


def _promise(cell: Outcome, name: str, words: str, goal: float) -> Promise:
    figures = cell[name]
    p95 = figures.get("p95_ms")
    return Promise(words, place_words(cell), goal, p95, figures["failed"], _ratio(p95, cell["hello"]), _ratio(p95, cell["embed"]))


def _ratio(p95: float | None, limit: Outcome) -> float | None:
    return round(p95 / limit["p95_ms"], 1) if p95 and limit.get("p95_ms") else None
