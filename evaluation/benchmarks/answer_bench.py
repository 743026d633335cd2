"""Answers from end to end under load: the real service over HTTP, with and without reranking, fresh and kept."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from evaluation.benchmarks.answer_asking import Asked, ask_all, counters, greet_all
from evaluation.benchmarks.own_processes import Address, run_step, served

_STEP = "evaluation.benchmarks.answer_bench_step"
_WARM_UP = 3
_GREETINGS = 200


@dataclass(frozen=True, slots=True)
class AnswerPlan:
    """The service may use `cores` cores. `alone` questions are put by one client, `each` by each of `clients` at once."""

    passages: int
    embed: int
    clients: int
    alone: int
    each: int
    cores: int
    reranker: str


def measure_answers(plan: AnswerPlan, home: Path, say: Callable[[str], None]) -> dict[str, object]:
    """Milliseconds. Every question is asked once of a fresh service, then once more: the first run never meets a kept answer."""
    say(f"准备 {plan.passages} 段……")
    prepared = run_step(_STEP, "prepare", home, plan.passages, plan.embed, settings={"ZHENGWEN_RERANKER": plan.reranker})
    say("单独计算问题向量、单独检索……")
    bare = run_step(_STEP, "bare", home, plan.cores, settings={"ZHENGWEN_RERANKER": "off"})
    rows: list[dict[str, object]] = []
    greeted: dict[str, dict[str, float]] = {}
    for reranker, (clients, count) in product(("off", plan.reranker), ((1, plan.alone), (plan.clients, plan.clients * plan.each))):
        say(f"细排 {reranker}，{clients} 人同时问……")
        with served(_STEP, home, plan.cores, {"ZHENGWEN_RERANKER": reranker}) as address:
            questions: list[str] = run_step(_STEP, "questions", home, count + _WARM_UP)["questions"]
            asyncio.run(ask_all(address, questions[-_WARM_UP:], 1))
            greeted[str(clients)] = _percentiles(asyncio.run(greet_all(address, _GREETINGS, clients)))
            rows += [_row(address, questions[:count], clients, reranker, kept) for kept in (False, True)]
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": plan.cores,
        "passages": prepared["passages"],
        "origin": prepared["origin"],
        "bare": bare,
        "hello": greeted,
        "rows": rows,
    }


def _row(address: Address, questions: list[str], clients: int, reranker: str, kept: bool) -> dict[str, object]:
    before = counters(address)
    asked = asyncio.run(ask_all(address, questions, clients))
    moved = {name: count - before.get(name, 0.0) for name, count in counters(address).items()}
    readings = sum(moved.get(f"second_readings.{outcome}", 0.0) for outcome in ("done", "shed"))
    return {
        "reranker": reranker,
        "clients": clients,
        "again": kept,
        "questions": len(asked),
        **_percentiles([one.taken_ms for one in asked]),
        "answered_share": round(sum(one.status.startswith("answered") for one in asked) / len(asked), 3),
        "shed_share": round(moved.get("second_readings.shed", 0.0) / readings, 3) if readings else 0.0,
        "read_twice": int(moved.get("second_readings.done", 0.0)),
        "kept_share": round(moved.get("answer_cache.hit", 0.0) / len(asked), 3),
        "endings": _endings(asked),
    }


def _endings(asked: list[Asked]) -> dict[str, int]:
    return dict(Counter(one.status for one in asked).most_common())


def _percentiles(taken: list[float]) -> dict[str, float]:
    p50, p95, most = np.percentile(np.array(taken), [50, 95, 100])
    return {"p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1), "max_ms": round(float(most), 1)}


def show(result: dict[str, object], console: Console) -> None:
    table = Table(title=f"从提问到完整答复，经 HTTP（{result['passages']} 段，{result['cores']} 核）；毫秒")
    for label in ("细排", "同时", "第几次问", "p50", "p95", "最长", "跳过细排", "直接再答", "有依据的答复"):
        table.add_column(label, justify="right")
    rows: list[dict[str, object]] = result["rows"]  # type: ignore[assignment]  # made above
    for row in rows:
        shares = (f"{float(str(row[name])):.0%}" for name in ("shed_share", "kept_share", "answered_share"))
        again = "第二次" if row["again"] else "第一次"
        table.add_row(
            str(row["reranker"]), str(row["clients"]), again, *(str(row[name]) for name in ("p50_ms", "p95_ms", "max_ms")), *shares
        )
    console.print(table)
    bare: dict[str, object] = result["bare"]  # type: ignore[assignment]  # as above
    console.print(
        f"· 同一次测量里：/healthz {json.dumps(result['hello'])}；问题向量 p50 {bare['embed_p50_ms']}；检索 p50 {bare['search_p50_ms']}"
    )
    if not any(row["read_twice"] for row in rows):
        console.print("· 没有细排权重，或者内容是在没有它时准备的：细排的各行与不细排的相同。")
    console.print(f"· {result['origin']}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="答复的速度")
    parser.add_argument("--json", type=Path, help="结果写到这里")
    parser.add_argument("--passages", type=int, default=60_000)
    parser.add_argument("--embed", type=int, default=1500, help="真正计算向量的段数，其余用加扰动的副本")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--alone", type=int, default=60, help="一个人依次问几个问题")
    parser.add_argument("--each", type=int, default=6, help="同时问的人每人问几个问题")
    parser.add_argument("--cores", type=int, default=2, help="服务可以使用的核数")
    parser.add_argument("--reranker", default="auto", help="细排的权重文件；auto 为随程序提供的")
    parser.add_argument("--home", type=Path, help="准备好的内容放在这里，下次接着用；不填用临时文件夹")
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)  # a file has no width of its own
    plan = AnswerPlan(chosen.passages, chosen.embed, chosen.clients, chosen.alone, chosen.each, chosen.cores, _complete(chosen.reranker))
    with tempfile.TemporaryDirectory(prefix="zhengwen-answers-") as folder:
        result = measure_answers(plan, chosen.home or Path(folder), console.print)
    show(result, console)
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")


def _complete(reranker: str) -> str:
    return reranker if reranker in {"auto", "off"} else str(Path(reranker).resolve())


if __name__ == "__main__":
    main()
