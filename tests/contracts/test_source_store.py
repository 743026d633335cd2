"""What every SourceStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge_base.adapters.sql import SqlSourceStore
from knowledge_base.sources.errors import SourceBusy, SourceChanged, UnknownSource
from knowledge_base.sources.models import ItemFilter, ItemState, Pace, RunCounts, RunState, Schedule, SourceKind
from knowledge_base.sources.ports import SourceStore
from tests.conftest import STORE_KINDS
from tests.factories import a_moment
from tests.fakes.source_store import MemorySourceStore
from tests.source_factories import a_run, a_source, an_item

LATER = a_moment() + timedelta(minutes=5)


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> SourceStore:
    if request.param == "memory":
        return MemorySourceStore()
    return SqlSourceStore(request.getfixturevalue(f"{request.param}_engine"))


def test_a_source_comes_back_exactly_as_it_was_added(store: SourceStore) -> None:
    source = a_source(
        kind=SourceKind.LIST_PAGE,
        address="https://www.shifan.example/zcwj/",
        jurisdiction="990102",
        topics=("住房", "户籍"),
        schedule=Schedule(Pace.WEEKLY, 4, 6),
        include=("/zcwj/", "*.html"),
        exclude=("video",),
        link_selector="ul.list a",
        more_pages="https://www.shifan.example/zcwj/index_{n}.html",
        delay_s=3.5,
        enabled=False,
    )
    store.add(source)
    assert store.source(source.id) == source


def test_sources_stand_by_label(store: SourceStore) -> None:
    store.add(a_source("s-1", label="乙"))
    store.add(a_source("s-2", label="丙"))
    assert [source.label for source in store.sources()] == sorted(["乙", "丙"])


def test_a_source_is_changed_only_from_the_version_that_was_seen(store: SourceStore) -> None:
    store.add(a_source())
    store.replace(a_source(version=2, label="新名称"))
    with pytest.raises(SourceChanged):
        store.replace(a_source(version=2, label="晚了一步"))
    assert store.source("s-1").label == "新名称"


def test_a_removed_source_is_unknown_and_its_runs_stay(store: SourceStore) -> None:
    store.add(a_source())
    store.start_run(a_run())
    with pytest.raises(SourceChanged):
        store.remove("s-1", 7, LATER)
    store.remove("s-1", 1, LATER)
    assert store.sources() == ()
    assert [run.id for run in store.runs("s-1")] == ["r-1"]
    with pytest.raises(UnknownSource):
        store.source("s-1")
    with pytest.raises(UnknownSource):
        store.replace(a_source(version=2))
    with pytest.raises(UnknownSource):
        store.remove("s-1", 1, LATER)


def test_an_item_comes_back_exactly_as_it_was_saved_last(store: SourceStore) -> None:
    store.add(a_source())
    store.save_item(an_item())
    full = an_item(
        state=ItemState.WITHDRAWN,
        last_seen=LATER,
        digest="ab" * 32,
        text_digest="cd" * 32,
        etag='W/"1"',
        last_modified="Sun, 22 Nov 2026 00:00:00 GMT",
        listed_as="2026-11-22",
        fetched_at=LATER,
        changed_at=LATER,
        missing_runs=2,
        run_id="r-2",
        reason="打开时返回 404。",
        checked_by="wang",
        checked_at=LATER,
    )
    store.save_item(full)
    assert store.item("s-1", full.address) == full
    assert store.item("s-1", "https://www.shifan.example/none.html") is None


def _some_items(store: SourceStore) -> None:
    store.add(a_source())
    store.add(a_source("s-2"))
    store.save_item(an_item("https://www.shifan.example/a.html", title="居住证办法"))
    store.save_item(an_item("https://www.shifan.example/b_1.html", title="ABC", state=ItemState.FAILED, run_id="r-2", changed_at=LATER))
    store.save_item(an_item("https://www.shifan.example/c.html", title="公积金", state=ItemState.WITHDRAWN, run_id="r-2"))
    store.save_item(an_item("https://www.shifan.example/d.html", title="助餐", state=ItemState.WITHDRAWN, checked_by="wang"))
    store.save_item(an_item("https://www.shifan.example/e.html", title="别处", source_id="s-2"))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (ItemFilter(), "b_1 a c d"),
        (ItemFilter(state=ItemState.WITHDRAWN), "c d"),
        (ItemFilter(unchecked=True), "c"),
        (ItemFilter(words="abc"), "b_1"),
        (ItemFilter(words="a.html"), "a"),
        (ItemFilter(words="_1"), "b_1"),
        (ItemFilter(words="%"), ""),
        (ItemFilter(limit=2, offset=1), "a c"),
    ],
)
def test_items_are_found_by_state_and_words(store: SourceStore, wanted: ItemFilter, found: str) -> None:
    _some_items(store)
    addresses = [item.address.removeprefix("https://www.shifan.example/").removesuffix(".html") for item in store.items("s-1", wanted)]
    assert addresses == found.split()
    assert store.count_items("s-1", replace(wanted, limit=50, offset=0)) >= len(addresses)


def test_items_are_counted_by_state_for_the_source_or_one_run(store: SourceStore) -> None:
    _some_items(store)
    assert store.item_counts("s-1") == {ItemState.NEW: 1, ItemState.FAILED: 1, ItemState.WITHDRAWN: 2}
    assert store.item_counts("s-1", "r-2") == {ItemState.FAILED: 1, ItemState.WITHDRAWN: 1}


def test_what_a_run_has_not_seen_is_known_unless_withdrawn(store: SourceStore) -> None:
    _some_items(store)
    assert [item.title for item in store.unseen_items("s-1", "r-2")] == ["居住证办法"]


def test_of_many_runs_asked_for_at_once_one_is_open(store: SourceStore) -> None:
    store.add(a_source())

    def start(number: int) -> bool:
        try:
            store.start_run(a_run(f"r-{number}"))
        except SourceBusy:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(start, range(6))) == 1
    assert len(store.runs("s-1")) == 1


def test_of_many_who_want_to_hold_a_run_one_gets_it(store: SourceStore) -> None:
    store.add(a_source())
    store.start_run(a_run())
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda number: store.hold_run("r-1", f"p-{number}", "", LATER), range(6))) == 1
    held = store.open_run("s-1")
    assert held is not None
    assert held.state is RunState.RUNNING
    assert held.holder.startswith("p-")
    assert held.held_until == LATER


def test_a_run_passes_only_from_the_holder_that_was_seen(store: SourceStore) -> None:
    store.add(a_source())
    store.start_run(a_run())
    assert store.hold_run("r-1", "p-1", "", LATER)
    assert not store.hold_run("r-1", "p-3", "p-2", LATER)
    assert store.hold_run("r-1", "p-2", "p-1", LATER)
    with pytest.raises(SourceBusy):
        store.note_progress(a_run(holder="p-1"))


def test_progress_is_kept_and_tells_of_a_wish_to_cancel(store: SourceStore) -> None:
    store.add(a_source())
    store.start_run(a_run())
    store.hold_run("r-1", "p-1", "", LATER)
    mine = a_run(holder="p-1", state=RunState.RUNNING, doing="正在获取", done=3, total=9, held_until=LATER)
    assert store.note_progress(mine) == mine
    store.ask_to_cancel("r-1", "wang")
    assert store.note_progress(mine).cancelled_by == "wang"
    kept = store.open_run("s-1")
    assert kept == replace(mine, cancelled_by="wang")


def test_a_run_that_is_over_stays_as_it_is(store: SourceStore) -> None:
    store.add(a_source())
    store.start_run(a_run())
    over = a_run(state=RunState.DONE, ended_at=LATER, counts=RunCounts(new=2, failed=1), sentence="看了 3 项。", holder="p-1", total=3)
    store.end_run(over)
    store.end_run(replace(over, sentence="改写"))
    store.ask_to_cancel("r-1", "wang")
    assert store.runs("s-1") == (over,)
    assert store.open_run("s-1") is None
    assert not store.hold_run("r-1", "p-2", "p-1", LATER)


def test_runs_come_newest_first_and_another_may_start_after_the_end(store: SourceStore) -> None:
    store.add(a_source())
    for number in range(3):
        store.start_run(a_run(f"r-{number}", started_at=a_moment() + timedelta(minutes=number)))
        store.end_run(a_run(f"r-{number}", started_at=a_moment() + timedelta(minutes=number), ended_at=LATER, state=RunState.DONE))
    assert [run.id for run in store.runs("s-1", 2)] == ["r-2", "r-1"]
