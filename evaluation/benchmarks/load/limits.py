"""What a search is compared with: the question's vector alone, and an exact scan by numpy, each by as many threads as there are clients."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np

from api.container import build_container
from api.settings import Settings
from evaluation.benchmarks.desk_bench_step import keep_to
from evaluation.benchmarks.load.content import VECTORS
from evaluation.benchmarks.load.figures import figures_of
from evaluation.benchmarks.questions import different_questions
from indexing.models import SearchQuery
from knowledge_base.models import NATION_CODE

_NEAREST = 100
_DAY = date(2024, 6, 1)


def limits(clients: int, seconds: int, cores: int) -> dict[str, object]:
    """In one process of `cores` cores, for `seconds` each. `open_s`: from an open embedder to the first answer; `alone`: searches in this
    process, by one thread.
    """
    keep_to(cores)
    container = build_container(Settings())
    embedder, adapter = container.embedder(), container.synchroniser().adapter
    vectors = np.load(Path(container.settings.home) / VECTORS)
    asked = different_questions(1)
    queries = adapter.queries(embedder.embed_queries([next(asked) for _ in range(20)]))
    started = time.perf_counter()
    container.searcher().search(SearchQuery("居住证", _DAY, NATION_CODE))
    open_s = time.perf_counter() - started
    lock = threading.Lock()

    def embed() -> None:
        with lock:
            question = next(asked)
        embedder.embed_queries([question])

    def scan() -> None:
        similarities = vectors @ queries[threading.get_ident() % len(queries)]
        np.argpartition(-similarities, min(_NEAREST, len(similarities) - 1))

    def search() -> None:
        container.searcher().search(SearchQuery(next(asked), _DAY, NATION_CODE))

    return {
        "embed": _by_threads(embed, clients, seconds),
        "scan": _by_threads(scan, clients, seconds),
        "alone": _by_threads(search, 1, seconds),
        "open_s": round(open_s, 2),
    }


def _by_threads(work: Callable[[], None], threads: int, seconds: float) -> dict[str, float]:
    began = time.perf_counter()

    def repeat(_number: int) -> list[float]:
        taken: list[float] = []
        while (started := time.perf_counter()) < began + seconds or not taken:
            work()
            taken.append((time.perf_counter() - started) * 1000)
        return taken

    with ThreadPoolExecutor(threads) as pool:
        taken = [one for some in pool.map(repeat, range(threads)) for one in some]
    return figures_of(taken, time.perf_counter() - began)
