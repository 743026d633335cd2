"""What is measured: one cell for each engine, size, number of processes and number of clients; its result is one JSON file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

LOCAL, POSTGRES = "local", "postgres"
ENGINES = (LOCAL, POSTGRES)
ENGINE_WORDS = {LOCAL: "本机快照", POSTGRES: "PostgreSQL"}
Outcome = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """One way to run it."""

    passages: int
    engine: str
    processes: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells that are asked for."""

    passages: tuple[int, ...]
    engines: tuple[str, ...]
    processes: tuple[int, ...]
    clients: tuple[int, ...]

    def services(self) -> list[Service]:
        """The small and the simple first, so that a run that is cut off has measured something whole."""
        return [Service(*each) for each in product(self.passages, self.engines, self.processes)]


class Results:
    """A folder of JSON files. A file is there whole or not at all, so a run that was cut off goes on where it stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def content(self, passages: int) -> Path:
        return self._folder / f"content-{passages}.json"

    def build(self, passages: int, engine: str) -> Path:
        return self._folder / f"build-{passages}-{engine}.json"

    def refresh(self, passages: int, engine: str) -> Path:
        return self._folder / f"refresh-{passages}-{engine}.json"

    def cell(self, service: Service, clients: int) -> Path:
        return self._folder / f"cell-{service.passages}-{service.engine}-p{service.processes}-c{clients}.json"

    def missing_clients(self, service: Service, clients: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(count for count in clients if not self.cell(service, count).is_file())

    def all(self, kind: str) -> list[Outcome]:
        """Every outcome of a kind ("content", "build", "refresh", "cell"), the small first."""
        found = [json.loads(path.read_text(encoding="utf-8")) for path in self._folder.glob(f"{kind}-*.json")]
        return sorted(found, key=_place)

    def keep(self, path: Path, outcome: Mapping[str, object]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps(outcome, ensure_ascii=False, indent=2), encoding="utf-8")
        os.replace(beside, path)  # noqa: PTH105 (the atomic step is named as POSIX names it)

    def forget(self, passages: int) -> None:
        """What was measured on content that is gone."""
        for pattern in (f"content-{passages}.json", f"build-{passages}-*.json", f"refresh-{passages}-*.json"):
            for path in self._folder.glob(pattern):
                path.unlink()


def _place(outcome: Outcome) -> tuple[int, int, int, int]:
    engine = ENGINES.index(outcome["engine"]) if "engine" in outcome else 0
    return outcome["passages"], engine, outcome.get("processes", 0), outcome.get("clients", 0)
