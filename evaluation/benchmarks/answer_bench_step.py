"""Steps of the answer benchmark, each in a process of its own; the last line of output is its result as JSON."""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path

from api.settings import DEMONSTRATION_CITY
from evaluation.benchmarks import desk_bench_step
from evaluation.benchmarks.questions import questions
from indexing.models import SearchQuery


def bare(home: Path, cores: int) -> dict[str, object]:
    """Median milliseconds of a question's vector and of a search with it, one client; and which reranker would serve."""
    desk_bench_step.keep_to(cores)
    container = desk_bench_step.open_container(home)
    searcher, embedder, day = container.searcher(), container.embedder(), container.today()
    searcher.search(SearchQuery("预热", day, DEMONSTRATION_CITY))
    embedded, searched = [], []
    for question in questions(40):
        started = time.perf_counter()
        embedder.embed_queries([question])
        embedded.append((time.perf_counter() - started) * 1000)
        started = time.perf_counter()
        searcher.search(SearchQuery(question, day, DEMONSTRATION_CITY))
        searched.append((time.perf_counter() - started) * 1000 + embedded[-1])
    return {"embed_p50_ms": round(statistics.median(embedded), 2), "search_p50_ms": round(statistics.median(searched), 2)}


def main() -> None:
    step, home, numbers = sys.argv[1], Path(sys.argv[2]), [int(number) for number in sys.argv[3:]]
    if step == "serve":
        desk_bench_step.serve(home, *numbers)
        return
    if step == "prepare":
        outcome = desk_bench_step.prepare(home, *numbers)
    elif step == "questions":
        outcome = {"questions": list(questions(*numbers))}
    else:
        outcome = bare(home, *numbers)
    sys.stdout.write(json.dumps(outcome, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
