"""How the load measurement asks, counts, switches snapshots and goes on after it was cut off."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import pytest

from evaluation.benchmarks.load.asking import greeting, keep_asking, searching
from evaluation.benchmarks.load.cells import Matrix, Results, Service
from evaluation.benchmarks.load.measuring import Switches
from evaluation.benchmarks.load.process_family import memory_mib, processor_s, watched
from evaluation.benchmarks.own_processes import Address, running
from evaluation.benchmarks.questions import different_questions
from tests.evaluation.load_cells import a_cell, keep_cell

MATRIX = Matrix((20, 200), ("local", "postgres"), (1, 2), (1, 10))


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path)


def test_the_small_and_the_simple_come_first() -> None:
    assert [*islice(MATRIX.services(), 4)] == [
        Service(20, "local", 1), Service(20, "local", 2), Service(20, "postgres", 1), Service(20, "postgres", 2),
    ]  # fmt: skip


def test_only_what_was_not_measured_yet_is_left(results: Results) -> None:
    keep_cell(results, a_cell(passages=20, clients=1))
    assert results.missing_clients(Service(20, "local", 1), (1, 10)) == (10,)
    assert results.missing_clients(Service(20, "local", 2), (1, 10)) == (1, 10)


def test_a_result_half_written_does_not_count(results: Results, tmp_path: Path) -> None:
    (tmp_path / "cell-20-local-p1-c1.part").write_text("{", encoding="utf-8")
    assert results.missing_clients(Service(20, "local", 1), (1,)) == (1,)
    assert results.all("cell") == []


def test_content_that_is_gone_takes_its_index_along_but_no_measurement(results: Results, tmp_path: Path) -> None:
    service = Service(20, "local", 1)
    for path in (results.content(20), results.build(20, "local"), results.refresh(20, "local"), results.content(200)):
        results.keep(path, {"passages": 20})
    keep_cell(results, a_cell(passages=20, clients=1))
    results.forget(20)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([results.cell(service, 1).name, results.content(200).name])


def test_clients_share_the_work_and_every_request_counts_once() -> None:
    asked: list[int] = []

    async def ask() -> None:
        asked.append(1)
        await asyncio.sleep(0)

    load = asyncio.run(keep_asking(ask, clients=3, seconds=0.02))
    assert len(load.taken_ms) == len(asked) >= 3
    assert not load.failures


def test_what_fails_is_counted_and_has_no_duration() -> None:
    async def ask() -> None:
        raise RuntimeError("满了")

    figures = asyncio.run(keep_asking(ask, clients=2, seconds=0.0)).figures()
    assert (figures["count"], figures["failures"]) == (0, ["满了"])
    assert "p95_ms" not in figures


def test_at_a_pace_a_late_answer_counts_from_when_it_was_due() -> None:
    async def ask() -> None:
        await asyncio.sleep(0.05)

    load = asyncio.run(keep_asking(ask, clients=1, seconds=0.12, every_s=0.01))
    assert load.taken_ms[-1] > load.taken_ms[0] > 49


def test_asking_goes_on_until_what_it_waits_for_has_happened() -> None:
    left = count(5, -1)

    async def ask() -> None:
        await asyncio.sleep(0)

    assert asyncio.run(keep_asking(ask, clients=1, seconds=0.0, go_on=lambda: next(left) > 0)).taken_ms


def test_snapshots_are_switched_again_as_soon_as_the_new_one_answers() -> None:
    wanted: list[str] = []
    switches = Switches("old", "new", wanted.append)
    for answered in ("old", "new", "new", "old"):
        switches.seen(answered)
    assert (wanted, switches.done) == (["new", "old", "new"], 2)


def test_a_switch_that_never_shows_is_given_up() -> None:
    now = iter([0.0, 10.0, 1000.0])
    switches = Switches("old", "new", lambda _: None, now=lambda: next(now))
    assert switches.not_seen_yet()
    assert not switches.not_seen_yet()


def test_questions_never_repeat() -> None:
    some = list(islice(different_questions(), 6000))
    assert len(set(some)) == 6000
    assert some[0] not in set(islice(different_questions(3), 6000))


@pytest.fixture(scope="module")
def plain_route() -> Iterator[tuple[Address, int]]:
    with running("evaluation.benchmarks.load.hello", "serve", Path(), 2, 1, ready="/") as served:
        yield served.address, served.pid


def test_the_plain_route_answers_and_its_memory_is_seen(plain_route: tuple[Address, int]) -> None:
    address, pid = plain_route
    with watched(pid) as peak:
        load = asyncio.run(keep_asking(greeting(address), clients=5, seconds=0.2))
    assert load.figures()["failed"] == 0
    assert load.figures()["p95_ms"]
    assert peak.mib == 0 or peak.mib > 10
    assert memory_mib(0) == processor_s(0) == 0
    assert peak.mib == 0 or processor_s(pid) > 0


def test_an_address_that_is_not_there_is_a_failure(plain_route: tuple[Address, int]) -> None:
    load = asyncio.run(keep_asking(searching(plain_route[0], iter(["问题"] * 50)), clients=1, seconds=0.0))
    assert load.figures()["failed"] == 1
    assert json.dumps(load.figures(), ensure_ascii=False).count("没有答复") == 1
