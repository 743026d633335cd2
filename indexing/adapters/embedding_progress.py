"""How far the embedding of many texts has come, told the same way by every engine."""

from __future__ import annotations

from indexing.ports import Progress

REPORT_EVERY = 256
"""Texts."""


def report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress("计算向量", done, total)
