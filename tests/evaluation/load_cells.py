"""Made-up results of the load measurement."""

from __future__ import annotations

from evaluation.benchmarks.load.cells import Outcome, Results, Service


def figures(p95: float, failed: int = 0) -> Outcome:
    return {"count": 100, "failed": failed, "per_s": 50.0, "p50_ms": p95 / 2, "p95_ms": p95, "max_ms": p95 * 2}


def a_head(passages: int = 20_000, engine: str = "local", processes: int = 1) -> Outcome:
    when = {"measured_at": "2026-11-23T08:30:00+00:00", "commit": "abc1234", "reranking": True}
    return {"passages": passages, "engine": engine, "processes": processes, **when}


def a_cell(passages: int = 20_000, engine: str = "local", processes: int = 1, clients: int = 50, **changes: object) -> Outcome:
    ways = {
        "hello": figures(10),
        "embed": figures(40),
        "scan": figures(20),
        "alone": figures(15),
        "search": {**figures(300), "cpu_ms": 12.5},
    }
    under = {"switching": {**figures(120), "switches": 3}, "paced": {**figures(90), "switches": 2}}
    rest = {"answer": {**figures(1500), "endings": {"answered": 100}}, "open_s": 0.7, "memory_mib": 800, "database_mib": 0}
    last = {"clients": clients, "cores": 2, "load_average": 1.0}
    return {**a_head(passages, engine, processes), **ways, **under, **rest, **last, **changes}


def keep_cell(results: Results, cell: Outcome) -> None:
    results.keep(results.cell(Service(cell["passages"], cell["engine"], cell["processes"]), cell["clients"]), cell)


def keep_preparation(results: Results, passages: int, engine: str) -> None:
    head = a_head(passages, engine)
    results.keep(results.content(passages), {**head, "origin": "5 段示范内容；向量都是真实的"})
    results.keep(results.build(passages, engine), {**head, "build_s": 40.5, "embedded": 0, "peak_mib": 900, "disk_mib": 200})
    results.keep(results.refresh(passages, engine), {**head, "refresh_s": 5.5, "embedded": 10, "unchanged": passages, "peak_mib": 700})
