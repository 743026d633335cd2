"""Which precision of a model a machine uses: one that agrees with float32, measured once. The folder's files are looked at, not read."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.precision_choice import INT8_GRAPH, choose_precision
from indexing.errors import EmbedderUnavailable
from indexing.ports import Embedder, Progress, Vectors
from tests.fakes.embedder import FakeEmbedder

SLOW_S = 0.2


class Ready(FakeEmbedder):
    """Answers at once from what it is given, or after a while."""

    def __init__(self, row: Sequence[float], takes_s: float = 0.0) -> None:
        super().__init__(2)
        self._row, self._takes_s = row, takes_s

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        time.sleep(self._takes_s)
        return np.tile(np.asarray(self._row, np.float32), (len(texts), 1))


def unavailable() -> Embedder:
    raise EmbedderUnavailable("model", "这台机器上不能用。")


Makers = dict[str, Callable[[], Embedder]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / INT8_GRAPH).parent.mkdir()
    (tmp_path / INT8_GRAPH).touch()
    return tmp_path


def choose(folder: Path, makers: Makers, threads: int = 2) -> str:
    return choose_precision(folder, "digest", threads, lambda candidate: makers[candidate]())


def test_the_fastest_of_those_that_agree_is_chosen(folder: Path) -> None:
    agreeing = {"float32": SLOW_S, "int8": 0.0, "bfloat16": SLOW_S}
    makers: Makers = {name: partial(Ready, (1, 0), takes_s) for name, takes_s in agreeing.items()}
    assert choose(folder, makers) == "int8"


def test_one_that_disagrees_is_not_chosen_however_fast_it_is(folder: Path) -> None:
    makers: Makers = {"float32": lambda: Ready((1, 0), SLOW_S), "int8": lambda: Ready((0, 1)), "bfloat16": unavailable}
    assert choose(folder, makers) == "float32"


def test_without_its_graph_int8_is_not_tried(tmp_path: Path) -> None:
    makers: Makers = {"float32": lambda: Ready((1, 0)), "int8": lambda: pytest.fail("it was loaded"), "bfloat16": unavailable}
    assert choose(tmp_path, makers) == "float32"


def test_it_is_measured_once_for_a_machine_and_a_number_of_threads(folder: Path) -> None:
    loaded = list[str]()

    def load(candidate: str) -> Embedder:
        loaded.append(candidate)
        return Ready((1, 0))

    makers: Makers = {name: partial(load, name) for name in ("float32", "int8", "bfloat16")}
    chosen = choose(folder, makers)
    measured = len(loaded)
    assert measured == 3
    assert choose(folder, makers) == chosen
    assert len(loaded) == measured
    choose(folder, makers, threads=1)
    assert len(loaded) == 2 * measured
