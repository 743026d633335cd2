"""A child Python that is killed (kill -9) at any moment: for tests of what survives."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


class ChildProcess:
    """`python -m module arguments…`; its standard output is read line by line."""

    def __init__(self, module: str, *arguments: str | Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", module, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        self.lines: list[str] = []

    def wait_for(self, words: str) -> str:
        """The next line that begins with `words`. Raises EOFError where the child ends without it."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.strip())
            if line.startswith(words):
                return line.strip()
        raise EOFError(f"ended without {words!r}; it said {self.lines}")

    def kill(self, within_s: float = 0.0, seed: int = 0) -> list[str]:
        """kill -9 at a random moment of the next `within_s` seconds, the same for the same seed. Returns everything it said."""
        if self._process.returncode is None:
            time.sleep(random.Random(seed).uniform(0.0, within_s))  # noqa: S311 (a repeatable moment, not a secret)
            self._process.send_signal(signal.SIGKILL)
        return self._rest()

    def stop(self) -> list[str]:
        """SIGTERM, and waits for the end."""
        self._process.terminate()
        return self._rest()

    def _rest(self) -> list[str]:
        assert self._process.stdout is not None
        if self._process.returncode is None:
            self.lines += [line.strip() for line in self._process.stdout]
            self._process.wait()
        return self.lines


@contextmanager
def a_child(module: str, *arguments: str | Path) -> Iterator[ChildProcess]:
    """Killed at the end, whatever happens."""
    child = ChildProcess(module, *arguments)
    try:
        yield child
    finally:
        child.kill()
