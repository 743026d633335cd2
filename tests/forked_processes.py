"""Processes forked from one that has imported the libraries once: each begins its work at once instead of after seconds of importing."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

CONTEXT = multiprocessing.get_context("forkserver")
# Imported, and nothing else: what a process loads or opens is its own.
CONTEXT.set_forkserver_preload(
    [
        "evaluation.cli",
        "knowledge_base.adapters.parsers",
        "indexing.adapters.int8_embedder",
        "indexing.adapters.paired_encoder",
        "indexing.adapters.snapshot_searcher",
        "assistant.adapters.classifiers",
        "tests.indexing.refreshing",
    ]
)
_STREAMS = ("stdin", "stdout", "stderr")


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def run_command(words: Sequence[str], cwd: Path, environment: Mapping[str, str], stdin: str | None, enough_s: float) -> Outcome:
    """`zhengwen words…` in a process of its own, in that folder and environment. Raises TimeoutError."""
    with TemporaryDirectory(prefix="zhengwen-command-") as folder:
        files = {name: Path(folder, name) for name in _STREAMS}
        files["stdin"].write_text(stdin or "", encoding="utf-8")
        process = CONTEXT.Process(target=_command, args=(list(words), cwd, dict(environment), files))
        process.start()
        process.join(enough_s)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"zhengwen {' '.join(words)}")
        said = {name: path.read_text(encoding="utf-8") for name, path in files.items() if path.exists()}
        return Outcome(process.exitcode, said.get("stdout", ""), said.get("stderr", ""))


def _command(words: list[str], cwd: Path, environment: dict[str, str], files: dict[str, Path]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    for descriptor, name in enumerate(_STREAMS):
        opened = os.open(files[name], os.O_RDONLY if name == "stdin" else os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = open(0, encoding="utf-8")  # noqa: SIM115 - open as long as the process lives
    sys.stdout = open(1, "w", encoding="utf-8", buffering=1)  # noqa: SIM115 - the same
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1)  # noqa: SIM115 - the same
    sys.argv = ["zhengwen", *words]
    from evaluation.cli import main

    main()
