"""What answering leaves behind beside the answer: how long each step took, what was searched for and found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from assistant.intents import Intent
from assistant.models import Answer, Evidence, SearchTrace, TracedPassage

_Value = TypeVar("_Value")


@dataclass(slots=True)
class Trace:
    """What one question leaves behind beside its answer: step times, the snapshot and what was found in it, the standalone text, …"""

    timings_ms: dict[str, float] = field(default_factory=dict)
    snapshot_id: str = ""
    standalone_text: str = ""
    subjects: tuple[str, ...] = ()
    intent: Intent | None = None
    withheld: Answer | None = None
    searches: tuple[SearchTrace, ...] = ()

    def timed(self, step: str, run: Callable[[], _Value]) -> _Value:
        started = time.perf_counter()
        try:
            return run()
        finally:
            # Of several questions in one message each goes through the step.
            self.timings_ms[step] = round(self.timings_ms.get(step, 0.0) + (time.perf_counter() - started) * 1000, 2)


def ranked_in(evidence: Evidence) -> tuple[TracedPassage, ...]:
    """Everything the search gave, best first, whether it could be cited or not."""
    hits = (item.ranked for item in evidence.accepted)
    accepted = [TracedPassage(hit.passage.id, hit.score, hit.vector_score, hit.lexical_score) for hit in hits]
    rejected = [
        TracedPassage(each.passage_id, each.score, each.vector_score, each.lexical_score, each.reason) for each in evidence.rejected
    ]
    return tuple(sorted([*accepted, *rejected], key=lambda passage: -passage.score))
