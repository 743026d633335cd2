"""Run a runner's two steps, each in a process of its own and a foreign interpreter; what it prints goes into a log beside its index."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evaluation.errors import EvaluationError
from evaluation.peers.runners.protocol import CORES

_ROOT = Path(__file__).parents[2]
_LONGEST_S = 600
_NO_CALLS_HOME = {"HAYSTACK_TELEMETRY_ENABLED": "False", "ANONYMIZED_TELEMETRY": "False", "HF_HUB_OFFLINE": "1"}
_SAID = 600


class RunnerFailed(EvaluationError):
    """`name`'s runner ended with an error or took too long."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} 没有跑完，跳过它，其余照测。它最后说：{reason}")


def run_steps(
    name: str, python: Path, module: str, folders: tuple[Path, Path], say: Callable[[str], None]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `build` and `ask` found. `folders`: of the set and, empty, of the index. Raises RunnerFailed."""
    say(f"{name}：{folders[0].name} 建索引……")
    built = _step(name, python, module, "build", folders)
    say(f"{name}：用 {built['build_s']:.0f} 秒；逐题提问……")
    return built, _step(name, python, module, "ask", folders)


def _step(name: str, python: Path, module: str, step: str, folders: tuple[Path, Path]) -> dict[str, Any]:
    shared, index = folders
    with tempfile.TemporaryDirectory() as scratch:
        result, log = Path(scratch) / "result.json", Path(scratch) / "log.txt"
        command = [str(python), "-m", module, step, str(shared), str(index), str(result)]
        with log.open("w", encoding="utf-8") as said:
            try:
                done = subprocess.run(command, stdout=said, stderr=said, env=_environment(), check=False, timeout=_LONGEST_S)  # noqa: S603 (our runner)
            except subprocess.TimeoutExpired as error:
                raise RunnerFailed(name, f"过了 {_LONGEST_S} 秒还没有完。") from error
        if done.returncode or not result.is_file():
            raise RunnerFailed(name, log.read_text(encoding="utf-8", errors="replace")[-_SAID:])
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found


def _environment() -> dict[str, str]:
    """Of our own the path to this program alone; as many threads as there are cores to be used."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(CORES))
    return {**os.environ, **threads, **_NO_CALLS_HOME, "PYTHONPATH": str(_ROOT)}
