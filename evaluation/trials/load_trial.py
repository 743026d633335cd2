"""The whole trial by one command: `python -m evaluation.trials.load_trial`. See docs/benchmarks.md for what it found."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import uvloop
from rich.console import Console

from evaluation.errors import EvaluationError
from evaluation.golden_files import load_golden
from evaluation.trials.citizens import open_client, stopwatch
from evaluation.trials.errands import errands_of
from evaluation.trials.installation import Installation
from evaluation.trials.reference import right_answers
from evaluation.trials.scenario import Outcome, Plan, Scenario
from evaluation.trials.trial_table import show

STEPS = ("steady", "postgres", "valkey", "overload")


async def try_out(installation: Installation, plan: Plan, keep: Callable[[Outcome], None], say: Callable[[str], None]) -> Outcome:
    """The capacity first, as the normal load and the overload are said by it; then the steps. `keep` is told after each."""
    chosen = errands_of(load_golden(), plan.errands)
    async with open_client(installation.front.address, installation.front.trust) as client:
        say(f"先问一遍 {len(chosen)} 件事，记下答复……")
        right = await right_answers(installation, client, chosen)
        scenario = Scenario(installation, client, chosen, right, plan, stopwatch())
        runs = {
            "steady": scenario.steady,
            "postgres": lambda: scenario.engine("postgres"),
            "valkey": lambda: scenario.engine("valkey"),
            "overload": scenario.overload,
        }
        say("测量每秒最多能答多少……")
        outcomes: Outcome = {"capacity": await scenario.capacity()}
        result: Outcome = {
            "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "cores": os.cpu_count(),
            "errands": len(chosen),
            "clients": plan.clients,
            "steps": outcomes,
        }
        for step in plan.steps:
            say(f"{step}……")
            outcomes[step] = await runs[step]()
            keep(result | {"load_average": os.getloadavg()[0]})
    return result | {"load_average": os.getloadavg()[0]}


def main(arguments: list[str] | None = None) -> None:
    chosen = _parser().parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 150)  # a file has no width of its own
    plan = Plan(**{field.name: getattr(chosen, field.name) for field in fields(Plan)})
    changes = dict(change.split("=", 1) for change in chosen.set)
    # Whoever ends the trial ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("试验没有做完。"))
    keep = partial(_write, chosen.json) if chosen.json else lambda _: None
    with tempfile.TemporaryDirectory(prefix="zhengwen-trial-") as folder:
        try:
            installation = Installation((chosen.folder or Path(folder)).resolve(), changes)
            # The asking shall take as little of the machine as it can.
            with installation.running(), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                result = runner.run(try_out(installation, plan, keep, console.print))
        except EvaluationError as error:
            sys.exit(str(error))
    show(result, console)


def _write(path: Path, result: Outcome) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="故障与过载试验：两个服务进程、nginx、PostgreSQL、Valkey，都在本机")
    parser.add_argument("--json", type=Path, help="结果写到这里")
    parser.add_argument("--folder", type=Path, help="备好的内容放在这里，下次接着用；不填用临时文件夹")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS, help="只做这几步")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--errands", type=int, default=300, help="多少件不同的事")
    parser.add_argument("--share", type=float, default=0.5, help="平常的请求是最多能答的几成")
    parser.add_argument("--times", type=float, default=5.0, help="过载时的请求是最多能答的几倍")
    parser.add_argument("--steady-s", type=float, default=300)
    parser.add_argument("--fault-s", type=float, default=60, help="PostgreSQL、Valkey 重启各测几秒")
    parser.add_argument("--capacity-s", type=float, default=30)
    parser.add_argument("--overload-s", type=float, default=60)
    parser.add_argument("--set", action="append", default=[], help="服务进程的设置，例如 ZHENGWEN_MAX_WAITING=8，可以写几次")
    return parser


if __name__ == "__main__":
    main()
