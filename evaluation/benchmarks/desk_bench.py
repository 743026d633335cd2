"""The operator's desk under load: the real application over HTTP, many desks typing at once, beside a bare search in the same run."""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from evaluation.benchmarks.desk_typing import PAUSE_S, Desk
from evaluation.benchmarks.own_processes import Address, run_step, served

_STEP = "evaluation.benchmarks.desk_bench_step"


@dataclass(frozen=True, slots=True)
class DeskPlan:
    """`desks` type at once, `calls` calls each; the server may use `cores` cores."""

    passages: int
    embed: int
    desks: int
    calls: int
    cores: int


def measure_desk(plan: DeskPlan, home: Path, say: Callable[[str], None]) -> dict[str, object]:
    """Milliseconds. `card` is from the request after the last keystroke to the whole card; the pause before it comes on top."""
    say(f"准备 {plan.passages} 段……")
    prepared = run_step(_STEP, "prepare", home, plan.passages, plan.embed)
    say("单独检索……")
    bare = run_step(_STEP, "search", home, plan.cores)
    with _server(plan, home) as (address, signed_in, questions):
        say("一个坐席……")
        alone = asyncio.run(_typed(address, signed_in, questions, desks=1, calls=max(plan.calls * 2, 6)))
        say(f"{plan.desks} 个坐席同时打字……")
        together = asyncio.run(_typed(address, signed_in, questions, plan.desks, plan.calls))
    one, many, search = _percentiles(alone), _percentiles(together), bare["p50_ms"]
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": plan.cores,
        "passages": prepared["passages"],
        "origin": prepared["origin"],
        "desks": plan.desks,
        "calls": len(together),
        "pause_ms": PAUSE_S * 1000,
        "search_p50_ms": round(float(str(search)), 1),
        "one_desk": one,
        "all_desks": many,
        "ratio_one_desk": round(one["p50_ms"] / float(str(search)), 1),
        "ratio_all_desks": round(many["p50_ms"] / float(str(search)), 1),
    }


async def _typed(address: tuple[str, int], signed_in: dict[str, str], questions: list[str], desks: int, calls: int) -> list[float]:
    """Milliseconds of the last card of every call."""
    crew = [Desk(address, signed_in, f"desk{number}", questions[number::desks] or questions) for number in range(desks)]
    taken = await asyncio.gather(*(desk.work(calls) for desk in crew))
    return [one for some in taken for one in some]


def _percentiles(taken: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(np.array(taken), [50, 95])
    return {"p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1), "mean_ms": round(statistics.mean(taken), 1)}


@contextmanager
def _server(plan: DeskPlan, home: Path) -> Iterator[tuple[Address, dict[str, str], list[str]]]:
    """The running application, the headers of a signed-in operator, and questions to type."""
    operator = run_step(_STEP, "operator", home)
    headers, questions = operator["headers"], operator["questions"]
    with served(_STEP, home, plan.cores) as address:
        yield address, headers, questions


def show(result: dict[str, object], console: Console) -> None:
    table = Table(title=f"坐席台：最后一次按键之后的答案卡（{result['passages']} 段，{result['cores']} 核）；毫秒")
    for label in ("", "p50", "p95", "与单独检索之比"):
        table.add_column(label, justify="right")
    table.add_row("单独检索（含问题向量）", str(result["search_p50_ms"]), "", "1")
    for name, label in (("one_desk", "1 个坐席"), ("all_desks", f"{result['desks']} 个坐席")):
        row: dict[str, float] = result[name]  # type: ignore[assignment]  # made above
        table.add_row(label, str(row["p50_ms"]), str(row["p95_ms"]), str(result[f"ratio_{name}"]))
    console.print(table)
    console.print(f"· {result['origin']}")
    console.print(f"· 从停顿 {result['pause_ms']:.0f} 毫秒后发出请求算起，到整张答案卡收完；停顿另计。")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="坐席台的速度")
    parser.add_argument("--json", type=Path, help="结果写到这里")
    parser.add_argument("--passages", type=int, default=20_000)
    parser.add_argument("--embed", type=int, default=1500, help="真正计算向量的段数，其余用加扰动的副本")
    parser.add_argument("--desks", type=int, default=20)
    parser.add_argument("--calls", type=int, default=4, help="每个坐席接几通电话")
    parser.add_argument("--cores", type=int, default=2, help="服务可以使用的核数")
    parser.add_argument("--home", type=Path, help="准备好的内容放在这里，下次接着用；不填用临时文件夹")
    chosen = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)  # a file has no width of its own
    plan = DeskPlan(chosen.passages, chosen.embed, chosen.desks, chosen.calls, chosen.cores)
    with tempfile.TemporaryDirectory(prefix="zhengwen-desk-") as folder:
        result = measure_desk(plan, chosen.home or Path(folder), console.print)
    show(result, console)
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
