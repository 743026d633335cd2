"""A RoutingExampleStore in memory; passes the same contract suite as the SQL one."""

from __future__ import annotations

from dataclasses import replace

from assistant.routing import RoutingExample


class MemoryRoutingExampleStore:
    def __init__(self) -> None:
        self._examples: list[RoutingExample] = []

    def add(self, example: RoutingExample) -> None:
        # As PostgreSQL must.
        self._examples.append(replace(example, text=example.text.replace("\x00", "")))

    def all(self) -> tuple[RoutingExample, ...]:
        return tuple(self._examples)
