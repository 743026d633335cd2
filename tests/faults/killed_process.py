"""Work in a process of its own that is killed (SIGKILL) at moments spread over the time it takes."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.forked_processes import CONTEXT

TIMES = 12
_LONGEST_S = 120.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """`killed` is false where the work was faster."""

    killed: bool
    took_s: float


def _nothing() -> None:
    """What the first process does, while the libraries are imported."""


@cache
def _warm_up() -> None:
    process = CONTEXT.Process(target=_nothing)
    process.start()
    process.join()


def run(work: Callable[..., None], *arguments: Any) -> float:
    """Undisturbed; returns the seconds it took. The process must end well."""
    _warm_up()
    process = CONTEXT.Process(target=work, args=arguments)
    began = time.monotonic()
    process.start()
    process.join(_LONGEST_S)
    assert process.exitcode == 0
    return time.monotonic() - began


def kill(work: Callable[..., None], *arguments: Any, after_s: float) -> Attempt:
    """Starts `work` and kills it after so many seconds, unless it has ended by then."""
    _warm_up()
    process = CONTEXT.Process(target=work, args=arguments)
    began = time.monotonic()
    process.start()
    process.join(after_s)
    was_running, took_s = process.exitcode is None, time.monotonic() - began
    process.kill()
    process.join()
    return Attempt(was_running, took_s)


def killed(work: Callable[..., None], *arguments: Any, takes_s: float, times: int = TIMES, seed: int = 7) -> Iterator[Attempt]:
    """Kills `work` again and again: the n-th time in the n-th of `times` equal parts of `takes_s`, at a random moment.

    After each kill the caller looks at what is left. Times vary with the machine: who ends before the kill shortens those that follow.
    """
    moments = random.Random(seed)  # noqa: S311 - moments, not secrets
    survived = 0
    for number in range(times):
        attempt = kill(work, *arguments, after_s=takes_s * (number + moments.random()) / times)
        if not attempt.killed:
            takes_s, survived = min(takes_s, attempt.took_s), survived + 1
        yield attempt
    assert survived <= times // 2, "most attempts must have been killed at work"
