"""What a runner reads, how it is timed and what it writes. Needs the standard library and numpy alone, as it runs in foreign environments.

`python -m evaluation.peers.runners.NAME build|ask SET INDEX RESULT`: `build` lays an index out in a new folder, `ask` opens it in a process
of its own and asks every question, one at a time. The vectors of the questions are given, so nobody's embedding is timed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from evaluation.benchmarks.peak_memory import peak_mib

Vectors = npt.NDArray[np.float32]
PASSAGES, VECTORS, QUESTIONS, QUESTION_VECTORS = "passages.jsonl", "vectors.npy", "questions.jsonl", "question_vectors.npy"
SHOWN, DEEP = 10, 100
"""Passages asked for: as many as a page shows, and as many as the quality is judged on."""
CORES = 2
_WARM_UP = 5
_SHOWN_BUDGET_S = 90.0
"""Quality needs every question, latency does not: who is slow is timed at `SHOWN` on as many as this allows, or on the least."""
_LEAST_TIMED = 60
_SCANNED = 40


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """`terms`: its search terms, separated by spaces. `vector` float32 [dimension], unit length."""

    text: str
    terms: str
    vector: Vectors


class SharedSet:
    """What all are given. Rows number the passages; each part is read on first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _passages(self) -> list[dict[str, Any]]:
        return _lines(self._folder / PASSAGES)

    @property
    def texts(self) -> list[str]:
        return [str(passage["search_text"]) for passage in self._passages]

    @property
    def terms(self) -> list[str]:
        """Search terms of each passage, separated by spaces: cut once for all, by jieba with the product's vocabulary."""
        return [str(passage["terms"]) for passage in self._passages]

    @cached_property
    def vectors(self) -> Vectors:
        """float32 [passages, dimension], unit length."""
        return np.ascontiguousarray(np.load(self._folder / VECTORS), dtype=np.float32)

    def questions(self) -> list[Question]:
        vectors = np.load(self._folder / QUESTION_VECTORS)
        lines = _lines(self._folder / QUESTIONS)
        return [Question(str(line["text"]), str(line["terms"]), vector) for line, vector in zip(lines, vectors, strict=True)]


class Runner(Protocol):
    @property
    def kinds(self) -> tuple[str, ...]:
        """Of search that it offers: "vector", "hybrid"."""

    def build(self, shared: SharedSet, folder: Path) -> None:
        """Into an empty folder, so that another process can open it."""

    def open(self, folder: Path) -> None: ...

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        """Rows of passages, best first, as many as `limit` or (where it knows no limit) more."""


def run(runner: Runner, arguments: Sequence[str] | None = None) -> None:
    step, shared, index, result = sys.argv[1:5] if arguments is None else arguments
    two_cores()
    Path(index).mkdir(parents=True, exist_ok=True)
    found = build(runner, SharedSet(Path(shared)), Path(index)) if step == "build" else ask(runner, SharedSet(Path(shared)), Path(index))
    Path(result).write_text(json.dumps(found), encoding="utf-8")


def two_cores() -> None:
    """All are measured on the same two, whatever their libraries would take."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])


def build(runner: Runner, shared: SharedSet, folder: Path) -> dict[str, Any]:
    started = time.perf_counter()
    runner.build(shared, folder)
    took_s = time.perf_counter() - started
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"build_s": round(took_s, 2), "build_peak_mib": peak_mib(), "disk_mib": round(size / 2**20, 1)}


def ask(runner: Runner, shared: SharedSet, folder: Path) -> dict[str, Any]:
    started = time.perf_counter()
    runner.open(folder)
    open_s = time.perf_counter() - started
    questions = shared.questions()
    rows = {kind: measured(partial(runner.ask, kind), questions) for kind in runner.kinds}
    # The scan needs all vectors in memory, so it comes after the peak was read.
    return {"open_s": round(open_s, 3), "peak_mib": peak_mib(), "rows": rows, "scan_p50_ms": scan_p50_ms(shared.vectors, questions)}


def measured(find: Callable[[Question, int], Sequence[int]], questions: Sequence[Question]) -> dict[str, Any]:
    """{"ranked": rows for every question, "deep_ms", "shown_ms": milliseconds of each question asked, "cpu_ms": of all cores together}."""
    for question in questions[:_WARM_UP]:
        find(question, DEEP)
        find(question, SHOWN)
    ranked, deep_ms, shown_ms, cpu_ms = [], list[float](), list[float](), list[float]()
    for question in questions:
        found, took_ms, _ = _timed(find, question, DEEP)
        deep_ms.append(took_ms)
        ranked.append([int(row) for row in found][:DEEP])
    give_up = time.perf_counter() + _SHOWN_BUDGET_S
    for question in questions:
        if len(shown_ms) >= _LEAST_TIMED and time.perf_counter() > give_up:
            break
        _, took_ms, used_ms = _timed(find, question, SHOWN)
        shown_ms.append(took_ms)
        cpu_ms.append(used_ms)
    return {"ranked": ranked, "deep_ms": deep_ms, "shown_ms": shown_ms, "cpu_ms": cpu_ms}


def scan_p50_ms(vectors: Vectors, questions: Sequence[Question]) -> float:
    """The plainest exact search by numpy in the same process: how busy the machine is."""
    taken = []
    for question in questions[:_SCANNED]:
        started = time.perf_counter()
        nearest_rows(vectors, question.vector, SHOWN)
        taken.append((time.perf_counter() - started) * 1000)
    return round(float(np.median(taken)), 3)


def nearest_rows(vectors: Vectors, vector: Vectors, limit: int) -> npt.NDArray[np.int64]:
    scores = vectors @ vector
    best = np.argpartition(-scores, min(limit, len(scores)) - 1)[:limit]
    found: npt.NDArray[np.int64] = best[np.argsort(-scores[best])]
    return found


def _timed(find: Callable[[Question, int], Sequence[int]], question: Question, limit: int) -> tuple[Sequence[int], float, float]:
    """What was found, milliseconds, and those of all this process's threads on a core, which a busy machine changes less."""
    started, used = time.perf_counter(), time.process_time()
    found = find(question, limit)
    return found, (time.perf_counter() - started) * 1000, (time.process_time() - used) * 1000


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
