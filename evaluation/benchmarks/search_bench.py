"""Search latency, opening time and memory at two sizes. Every figure is taken in a process of its own; an exact scan runs beside."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from api.container import Container, build_container
from api.settings import Settings
from evaluation.benchmarks.own_processes import run_step
from evaluation.benchmarks.peak_memory import peak_mib
from evaluation.benchmarks.search_corpus import build_corpus
from indexing.models import SearchQuery
from knowledge_base.models import NATION_CODE

_VECTORS = "bench-vectors.npy"
_QUESTIONS = (
    "居住证怎么办，要带什么材料？", "身份证丢了怎么补办", "公积金可以提取吗", "低保怎么申请", "噪声扰民找谁投诉", "房产证过户需要什么手续",
    "孩子上小学要什么条件", "驾照到期怎么换", "养老金什么时候能领", "失业金领多久", "拖欠工资怎么维权", "离婚财产怎么分",
    "物业不作为怎么办", "残疾证怎么办理", "开店要办哪些证", "行政处罚不服怎么办",
)  # fmt: skip
_STEP = "evaluation.benchmarks.search_bench_step"


@dataclass(frozen=True, slots=True)
class SearchPlan:
    """What to measure. `embed` passages get vectors of their own; every figure is the median over `repeats` processes."""

    sizes: tuple[int, ...]
    clients: tuple[int, ...]
    embed: int
    repeats: int


def measure_search(plan: SearchPlan, folder: Path, say: Callable[[str], None]) -> dict[str, object]:
    """One row per size and number of clients; milliseconds, seconds, MiB."""
    rows: list[dict[str, object]] = []
    for size in plan.sizes:
        home = folder / f"home-{size}"
        say(f"准备 {size} 段……")
        prepared = run_step(_STEP, "prepare", home, size, plan.embed)
        for count in plan.clients:
            say(f"{size} 段，{count} 个并发……")
            runs = [run_step(_STEP, "search", home, count, 0) for _ in range(plan.repeats)]
            medians = {name: round(statistics.median(float(run[name]) for run in runs), 2) for name in runs[0]}
            rows.append({"passages": size, "clients": count, "origin": prepared["origin"], "build_s": prepared["build_s"], **medians})
    return {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "cores": os.cpu_count(), "repeats": plan.repeats, "rows": rows}


def show(result: dict[str, object], console: Console) -> None:
    table = Table(title=f"检索（{result['repeats']} 次取中位数，{result['cores']} 核）；毫秒，除非另有说明")
    names = {
        "passages": "段落", "clients": "并发", "p50_ms": "检索 p50", "p95_ms": "检索 p95", "with_query_p50_ms": "含问题向量 p50",
        "with_query_p95_ms": "含问题向量 p95", "scan_p50_ms": "numpy 全扫 p50", "open_s": "打开（秒）", "peak_mib": "内存峰值（MiB）",
        "build_s": "建快照（秒）",
    }  # fmt: skip
    for label in names.values():
        table.add_column(label, justify="right")
    rows: list[dict[str, object]] = result["rows"]  # type: ignore[assignment]  # made above
    for row in rows:
        table.add_row(*(str(row[name]) for name in names))
    console.print(table)
    for origin in dict.fromkeys(str(row["origin"]) for row in rows):
        console.print(f"· {origin}")
    console.print("· “检索”不含计算问题向量；内存峰值含向量模型。")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="检索的速度与内存")
    parser.add_argument("--json", type=Path, help="结果写到这里")
    parser.add_argument("--sizes", default="20000,200000")
    parser.add_argument("--clients", default="1,16")
    parser.add_argument("--embed", type=int, default=2000, help="真正计算向量的段数，其余用加扰动的副本")
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)  # a file has no width of its own
    with tempfile.TemporaryDirectory(prefix="zhengwen-bench-") as folder:
        sizes, clients = (tuple(int(number) for number in text.split(",")) for text in (chosen.sizes, chosen.clients))
        result = measure_search(SearchPlan(sizes, clients, chosen.embed, chosen.repeats), Path(folder), console.print)
    show(result, console)
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")


def prepare(home: Path, size: int, embed: int) -> dict[str, object]:
    """Build the snapshot under `home`, and keep the vectors beside it for the exact scan."""
    container = _container(home)
    corpus = build_corpus(size, embed, container.embedder(), lambda *_: None)
    started = time.perf_counter()
    container.synchroniser().publish(corpus.passages, corpus.vectors, corpus.tokens)
    np.save(home / _VECTORS, corpus.vectors)
    return {"origin": corpus.origin, "build_s": round(time.perf_counter() - started, 1)}


def search(home: Path, clients: int) -> dict[str, float]:
    """Latencies of one process under `clients` threads, each asking every question once."""
    container = _container(home)
    container.embedder().embed_queries(["预热"])
    searcher = container.searcher()
    started = time.perf_counter()
    searcher.search(SearchQuery("居住证", date(2024, 6, 1), NATION_CODE))
    open_s = time.perf_counter() - started
    ready = threading.Barrier(clients)

    def ask(client: int) -> list[tuple[float, float]]:
        ready.wait()
        # No two questions are the same, since the vector of a repeated one is kept.
        return [_timed_search(container, f"{question}（{client}）") for question in _QUESTIONS]

    with ThreadPoolExecutor(clients) as pool:
        taken = np.array([pair for pairs in pool.map(ask, range(clients)) for pair in pairs])
    without, whole = np.percentile(taken[:, 0], [50, 95]), np.percentile(taken[:, 1], [50, 95])
    return {
        "p50_ms": without[0], "p95_ms": without[1], "with_query_p50_ms": whole[0], "with_query_p95_ms": whole[1],
        "scan_p50_ms": _scan_p50(home, container), "open_s": open_s, "peak_mib": peak_mib(),
    }  # fmt: skip


def _timed_search(container: Container, question: str) -> tuple[float, float]:
    """(without the question's vector, with it), milliseconds."""
    started = time.perf_counter()
    result = container.searcher().search(SearchQuery(question, date(2024, 6, 1), NATION_CODE))
    whole = (time.perf_counter() - started) * 1000
    return whole - result.timings_ms.get("embed", 0.0), whole


def _scan_p50(home: Path, container: Container) -> float:
    """The plainest exact search: every product by numpy, one client."""
    # What is searched: of a pair of encoders half of each row.
    adapter = container.synchroniser().adapter
    vectors, taken = adapter.passages(np.load(home / _VECTORS)), []
    for vector in adapter.queries(container.embedder().embed_queries(_QUESTIONS)):
        started = time.perf_counter()
        np.argpartition(-(vectors @ vector), min(100, len(vectors) - 1))
        taken.append((time.perf_counter() - started) * 1000)
    return float(np.median(taken))


def _container(home: Path) -> Container:
    settings = Settings()
    source = Path(settings.embedder_source)
    embedder = str(source.resolve()) if source.is_dir() else settings.embedder_source
    home.mkdir(parents=True, exist_ok=True)
    return build_container(Settings(**{**settings.model_dump(), "home": home, "records_url": "", "embedder": embedder}))


if __name__ == "__main__":
    main()
