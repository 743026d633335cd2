"""Sources over places in memory: what a run keeps, hands in, notices; schedules; cancelling; going on after a kill."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from knowledge_base.errors import StoreUnavailable
from knowledge_base.intake.intake_desk import IntakeDesk
from knowledge_base.sources.errors import InvalidSource, NothingRunning, SourceBusy, SourceSwitchedOff, UnknownSource
from knowledge_base.sources.models import ItemFilter, ItemState, Pace, RunState, Schedule, Source, SourceItem, SourceKind, SourceRun
from knowledge_base.sources.source_desk import FETCH_TASK, SourceDesk
from tests.fakes.containers import REGIONS
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.intake import memory_intake
from tests.fakes.sources import MemoryHolders, MemoryPlaces, Page, memory_sources
from tests.fakes.work_queue import RecordingQueue
from tests.source_factories import a_source

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SITE = "https://www.shifan.example/zcwj/"
A, B, C = f"{SITE}a.html", f"{SITE}b.html", f"{SITE}c.html"


class Killed(BaseException):
    """As if the process had ended: no code of ours may catch it."""


@dataclass
class Office:
    """The desk of sources with everything around it, and a clock that a test moves."""

    now: datetime = NOW
    places: MemoryPlaces = field(default_factory=lambda: MemoryPlaces({A: Page("居住证办法"), B: Page("公积金办法"), C: Page("助餐办法")}))
    queue: RecordingQueue = field(default_factory=RecordingQueue)
    intake: IntakeDesk = field(init=False)
    desk: SourceDesk = field(init=False)

    def __post_init__(self) -> None:
        self.intake = memory_intake(MemoryDocumentStore(), REGIONS, lambda: self.now)
        self.desk = memory_sources(self.intake, self.queue.submit, lambda: self.now, self.places)

    def add(self, **fields: object) -> Source:
        return self.desk.add(a_source(**fields))

    def fetch(self, source: Source) -> SourceRun:
        """As the queue would after a request; a day passes before each."""
        self.now += timedelta(days=1)
        self.desk.request(source.id, "wang")
        run = self.desk.run(source.id)
        assert run is not None
        return run

    def states(self, source: Source) -> dict[str, ItemState]:
        return {item.address: item.state for item in self.desk.items(source.id, ItemFilter(limit=500))}

    def item(self, source: Source, address: str) -> SourceItem:
        return next(item for item in self.desk.items(source.id, ItemFilter(limit=500)) if item.address == address)

    def handed_in(self) -> list[str]:
        """Origins, oldest first."""
        return [upload.origin for upload in reversed(self.intake.uploads())]


@pytest.fixture
def office() -> Office:
    return Office()


# What a run keeps and hands in


def test_everything_new_is_handed_in_with_where_it_came_from_and_read_in_the_background(office: Office) -> None:
    source = office.add(label="示范市政府网站")
    run = office.fetch(source)
    assert run.state is RunState.DONE
    assert run.sentence == "看了 3 项：新增 3。"
    uploads = office.intake.uploads()
    assert {(upload.origin, upload.source_id, upload.by) for upload in uploads} == {
        (address, source.id, "来源：示范市政府网站") for address in (A, B, C)
    }
    assert {task for task in office.queue.submitted if task[0] == "read_upload"} == {("read_upload", upload.id) for upload in uploads}


def test_what_has_not_changed_is_not_handed_in_again(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    run = office.fetch(source)
    assert run.sentence == "看了 3 项：没有变化 3。"
    assert len(office.handed_in()) == 3


def test_what_has_changed_is_handed_in_as_a_new_file(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    office.places.change(B, content="公积金办法（2027年修订）")
    run = office.fetch(source)
    assert (run.counts.changed, run.counts.unchanged) == (1, 2)
    assert office.handed_in().count(B) == 2
    assert office.item(source, B).state is ItemState.CHANGED


def test_a_page_whose_frame_alone_has_changed_is_not_handed_in_again(office: Office) -> None:
    office.places.pages = {A: Page("第一条…… 访问量 1", text="第一条……")}
    source = office.add()
    office.fetch(source)
    office.places.change(A, content="第一条…… 访问量 2")
    assert office.fetch(source).counts.unchanged == 1
    assert len(office.handed_in()) == 1


def test_a_server_that_knows_our_copy_sends_nothing(office: Office) -> None:
    office.places.pages = {A: Page("正文", etag='"1"')}
    source = office.add()
    office.fetch(source)
    office.places.change(A, content="服务器说没变，就不看内容")
    assert office.fetch(source).counts.unchanged == 1


def test_what_the_listing_marks_as_unchanged_is_not_even_asked_for_until_a_week_has_passed(office: Office) -> None:
    office.places.pages = {A: Page("正文", listed_as="2026-11-01")}
    source = office.add()
    for _ in range(7):
        office.fetch(source)
    assert office.places.fetched == [A]
    office.fetch(source)
    assert office.places.fetched == [A, A]


def test_a_changed_mark_in_the_listing_is_followed(office: Office) -> None:
    office.places.pages = {A: Page("正文", listed_as="2026-11-01")}
    source = office.add()
    office.fetch(source)
    office.places.change(A, listed_as="2026-11-22", content="新的正文")
    assert office.fetch(source).counts.changed == 1


def test_what_cannot_be_had_is_kept_with_the_reason_and_tried_again(office: Office) -> None:
    office.places.change(B, failure="网站回复 503，没有取到。", listed_as="1")
    source = office.add()
    run = office.fetch(source)
    assert run.state is RunState.DONE
    assert (run.counts.new, run.counts.failed) == (2, 1)
    assert office.item(source, B).reason == "网站回复 503，没有取到。"
    office.places.change(B, failure="")
    assert office.fetch(source).counts.new == 1


def test_a_file_that_intake_refuses_is_kept_with_its_reason(office: Office) -> None:
    office.places.pages = {f"{SITE}list.exe": Page("MZ")}
    source = office.add()
    assert office.fetch(source).counts.failed == 1
    assert "不认识这种文件" in office.item(source, f"{SITE}list.exe").reason


def test_a_dead_link_is_a_failure_and_no_withdrawal(office: Office) -> None:
    office.places.change(B, gone=True)
    source = office.add()
    assert office.fetch(source).counts.failed == 1
    assert office.desk.count_items(source.id, ItemFilter(unchecked=True)) == 0


def test_only_so_many_are_looked_at_in_one_run_and_the_sentence_says_so(office: Office) -> None:
    source = office.add(max_items=2)
    run = office.fetch(source)
    assert set(office.states(source)) == {A, B}
    assert "只看了前 2 项" in run.sentence


# Withdrawn pages


def test_a_page_that_is_gone_is_withdrawn_and_waits_for_somebody_to_look(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    office.places.change(B, gone=True)
    run = office.fetch(source)
    assert run.counts.withdrawn == 1
    assert "请核对对应的政策文件" in run.sentence
    assert [item.address for item in office.desk.items(source.id, ItemFilter(unchecked=True))] == [B]
    office.desk.note_checked(source.id, B, "wang")
    assert office.desk.count_items(source.id, ItemFilter(unchecked=True)) == 0
    assert office.item(source, B).checked_by == "wang"


def test_a_withdrawal_is_told_once(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    office.places.change(B, gone=True)
    office.fetch(source)
    assert office.fetch(source).counts.withdrawn == 0


def test_what_two_complete_listings_do_not_show_is_withdrawn(office: Office) -> None:
    source = office.add(kind=SourceKind.SITEMAP)
    office.fetch(source)
    office.places.change(C, listed=False)
    assert office.fetch(source).counts.withdrawn == 0
    assert office.states(source)[C] is ItemState.UNCHANGED
    run = office.fetch(source)
    assert run.counts.withdrawn == 1
    assert office.item(source, C).reason == "连续 2 次没有在列表中出现。"


def test_what_comes_back_is_no_longer_withdrawn(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    office.places.change(B, gone=True)
    office.fetch(source)
    office.places.change(B, gone=False)
    office.fetch(source)
    found = office.item(source, B)
    assert (found.state, found.reason) == (ItemState.UNCHANGED, "撤下后又出现。")


def test_a_listing_of_which_a_part_could_not_be_read_withdraws_nothing(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    office.places.change(C, listed=False)
    office.places.complete = False
    for _ in range(3):
        run = office.fetch(source)
    assert run.counts.withdrawn == 0
    assert "不判断哪些已撤下" in run.sentence


def test_an_empty_listing_is_a_failure_and_withdraws_nothing(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    office.places.pages = {}
    run = office.fetch(source)
    assert run.state is RunState.FAILED
    assert "没有找到" in run.failure
    assert ItemState.WITHDRAWN not in office.states(source).values()


@pytest.mark.parametrize("kind", [SourceKind.FEED, SourceKind.LIST_PAGE])
def test_what_a_feed_or_list_page_no_longer_shows_is_looked_up_itself(office: Office, kind: SourceKind) -> None:
    source = office.add(kind=kind)
    office.fetch(source)
    office.places.change(A, listed=False)
    office.places.change(B, listed=False)
    for _ in range(6):
        office.fetch(source)
    assert office.states(source)[A] is ItemState.NEW
    office.places.change(B, gone=True)
    run = office.fetch(source)
    assert (run.counts.withdrawn, run.counts.unchanged) == (1, 2)
    assert office.states(source)[B] is ItemState.WITHDRAWN


# One run at a time, cancelling, failures, going on after a kill


def test_a_request_waits_for_the_queue_and_a_second_is_refused(office: Office) -> None:
    source = office.add()
    office.desk.request(source.id, "wang")
    assert office.queue.submitted == [(FETCH_TASK, source.id)]
    with pytest.raises(SourceBusy):
        office.desk.request(source.id, "li")
    overview = office.desk.overview(source.id)
    assert overview.last_run is not None
    assert (overview.last_run.state, overview.last_run.started_by) == (RunState.WAITING, "wang")


def test_a_task_that_comes_twice_finds_nothing_to_do(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    assert office.desk.run(source.id) is None


def test_a_run_that_another_living_process_holds_is_left_to_it(office: Office) -> None:
    source = office.add()
    run = office.desk.request(source.id, "wang")
    office.desk.store.hold_run(run.id, "p-2", "", office.now + timedelta(seconds=180))
    assert office.desk.run(source.id) is None
    assert office.places.fetched == []


def test_a_run_that_waits_is_cancelled_at_once(office: Office) -> None:
    source = office.add()
    office.desk.request(source.id, "wang")
    assert office.desk.cancel(source.id, "li").state is RunState.CANCELLED
    assert office.desk.run(source.id) is None
    with pytest.raises(NothingRunning):
        office.desk.cancel(source.id, "li")


def test_a_run_that_goes_on_ends_before_its_next_request_and_keeps_what_it_has(office: Office) -> None:
    source = office.add()
    office.places.on_fetch = lambda address: office.desk.cancel(source.id, "li") and None if address == A else None
    run = office.fetch(source)
    assert run.state is RunState.CANCELLED
    assert run.failure == "已由li取消，取到的内容保留。"
    assert set(office.states(source)) == {A}
    assert office.fetch(source).state is RunState.CANCELLED, "the same again, as the place cancels each run at its first page"


def test_a_listing_that_cannot_be_had_ends_the_run_with_its_reason(office: Office) -> None:
    source = office.add()
    office.places.failure = "读不到列表：网站回复 503，没有取到。"
    run = office.fetch(source)
    assert (run.state, run.failure) == (RunState.FAILED, office.places.failure)


def test_a_full_disk_ends_the_run_with_its_reason(office: Office) -> None:
    source = office.add()

    def full(_address: str) -> None:
        raise StoreUnavailable("磁盘空间已满。")

    office.places.on_fetch = full
    run = office.fetch(source)
    assert run.state is RunState.FAILED
    assert "磁盘空间已满" in run.failure


def test_a_mistake_of_ours_ends_the_run_without_what_the_page_said(office: Office) -> None:
    source = office.add()

    def stumble(_address: str) -> None:
        raise KeyError("页面里的话")

    office.places.on_fetch = stumble
    with pytest.raises(KeyError):
        office.fetch(source)
    run = office.desk.runs(source.id)[0]
    assert run.state is RunState.FAILED
    assert "KeyError" in run.failure
    assert "页面里的话" not in run.failure


def _kill_at(office: Office, address: str) -> None:
    def kill(asked: str) -> None:
        if asked == address:
            raise Killed

    office.places.on_fetch = kill


@pytest.mark.parametrize("at", [A, B, C])
def test_a_run_that_was_killed_goes_on_where_it_stopped(office: Office, at: str) -> None:
    source = office.add()
    _kill_at(office, at)
    with pytest.raises(Killed):
        office.fetch(source)
    before = len(office.places.fetched)
    office.places.on_fetch = lambda _address: None
    holders = office.desk.holders
    assert isinstance(holders, MemoryHolders)
    holders.living["p-1"] = False
    run = replace(office.desk, holders=MemoryHolders("p-2")).run(source.id)
    assert run is None, "nothing is known of the first process there, and its time is not up"
    assert office.desk.due(office.now) == 1, "its own machine knows that it has ended"
    run = replace(office.desk, holders=MemoryHolders("p-2")).run(source.id)
    assert run is not None
    assert run.sentence == "看了 3 项：新增 3。"
    assert office.places.fetched[before:] == [address for address in (A, B, C) if address >= at], "only what was not done yet"
    assert sorted(office.handed_in()) == [A, B, C]


def test_a_file_handed_in_at_the_moment_of_the_kill_is_not_handed_in_twice(office: Office) -> None:
    source = office.add()
    keep = office.desk.store.save_item

    def kill(_item: SourceItem) -> None:
        raise Killed

    office.desk.store.save_item = kill  # type: ignore[method-assign]
    with pytest.raises(Killed):
        office.fetch(source)
    office.desk.store.save_item = keep  # type: ignore[method-assign]
    assert office.handed_in() == [A]
    office.now += timedelta(seconds=181)
    run = replace(office.desk, holders=MemoryHolders("p-2")).run(source.id)
    assert run is not None
    assert run.counts.new == 3
    assert sorted(office.handed_in()) == [A, B, C]
    assert office.item(source, A).upload_id in {upload.id for upload in office.intake.uploads()}


def test_a_holder_that_has_not_been_heard_of_for_long_loses_its_run(office: Office) -> None:
    source = office.add()
    _kill_at(office, B)
    with pytest.raises(Killed):
        office.fetch(source)
    elsewhere = replace(office.desk, holders=MemoryHolders("p-2"))
    office.now += timedelta(seconds=179)
    assert elsewhere.run(source.id) is None
    office.now += timedelta(seconds=2)
    office.places.on_fetch = lambda _address: None
    run = elsewhere.run(source.id)
    assert run is not None
    assert run.state is RunState.DONE


def test_a_process_that_lost_its_run_stops_without_touching_it(office: Office) -> None:
    source = office.add()

    def lose(address: str) -> None:
        if address == A:
            run = office.desk.store.open_run(source.id)
            assert run is not None
            office.desk.store.hold_run(run.id, "p-2", "p-1", office.now)

    office.places.on_fetch = lose
    office.now += timedelta(days=1)
    office.desk.request(source.id, "wang")
    assert office.desk.run(source.id) is None
    assert office.desk.runs(source.id)[0].state is RunState.RUNNING
    assert office.places.fetched == [A]


def test_a_run_that_ends_its_process_again_and_again_is_given_up(office: Office) -> None:
    source = office.add()
    office.desk.request(source.id, "wang")
    office.desk.give_up(source.id)
    assert office.desk.runs(source.id)[0].state is RunState.FAILED
    office.desk.give_up(source.id)


# Schedule


def _schedule(pace: Pace, hour: int = 3, weekday: int = 0) -> Schedule:
    return Schedule(pace, hour, weekday)


@pytest.mark.parametrize(
    ("schedule", "last_started", "following"),
    [
        # 2026-11-22 is a Sunday; 04:00 UTC is noon in China.
        (_schedule(Pace.OFF), None, None),
        (_schedule(Pace.HOURLY), None, NOW),
        (_schedule(Pace.HOURLY), NOW + timedelta(minutes=10), NOW + timedelta(minutes=70)),
        (_schedule(Pace.DAILY, 3), None, datetime(2026, 11, 22, 19, tzinfo=UTC)),
        (_schedule(Pace.DAILY, 13), None, datetime(2026, 11, 22, 5, tzinfo=UTC)),
        (_schedule(Pace.DAILY, 12), None, datetime(2026, 11, 23, 4, tzinfo=UTC)),
        (_schedule(Pace.DAILY, 3), datetime(2026, 11, 22, 19, 0, 5, tzinfo=UTC), datetime(2026, 11, 23, 19, tzinfo=UTC)),
        (_schedule(Pace.WEEKLY, 3, 0), None, datetime(2026, 11, 22, 19, tzinfo=UTC)),
        (_schedule(Pace.WEEKLY, 3, 6), None, datetime(2026, 11, 28, 19, tzinfo=UTC)),
        (_schedule(Pace.WEEKLY, 13, 6), None, datetime(2026, 11, 22, 5, tzinfo=UTC)),
    ],
)
def test_the_next_run_follows_the_schedule_in_chinese_time(
    office: Office, schedule: Schedule, last_started: datetime | None, following: datetime | None
) -> None:
    source = office.add(schedule=schedule)
    if last_started is not None:
        office.desk.store.start_run(SourceRun("r-1", source.id, last_started, RunState.DONE, "定时", ended_at=last_started))
    assert office.desk.overview(source.id).next_run == following


def test_what_is_due_is_asked_for_once(office: Office) -> None:
    source = office.add(schedule=_schedule(Pace.DAILY, 3))
    office.add(label="只在手动时")
    assert office.desk.due(office.now) == 0
    office.now = datetime(2026, 11, 22, 19, 0, 30, tzinfo=UTC)
    assert office.desk.due(office.now) == 1
    assert office.desk.due(office.now) == 0
    assert office.queue.submitted == [(FETCH_TASK, source.id)]
    office.desk.run(source.id)
    assert office.desk.due(office.now + timedelta(hours=23)) == 0
    assert office.desk.due(office.now + timedelta(hours=24)) == 1


def test_many_missed_runs_are_made_up_for_by_one(office: Office) -> None:
    source = office.add(schedule=_schedule(Pace.HOURLY))
    office.now += timedelta(days=3)
    assert office.desk.due(office.now) == 1
    office.desk.run(source.id)
    assert office.desk.due(office.now) == 0


def test_a_disabled_source_is_fetched_neither_by_schedule_nor_by_hand(office: Office) -> None:
    source = office.add(schedule=_schedule(Pace.HOURLY))
    office.desk.switch(source.id, source.version, enabled=False)
    assert office.desk.due(office.now + timedelta(days=1)) == 0
    with pytest.raises(SourceSwitchedOff):
        office.desk.request(source.id, "wang")
    assert office.desk.overview(source.id).next_run is None


# Adding, changing, removing, trying out


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"label": " "}, "label"),
        ({"label": "长" * 61}, "label"),
        ({"address": ""}, "address"),
        ({"address": "https://www.shifan.example/" + "a" * 2000}, "address"),
        ({"address": "http://127.0.0.1/"}, "address"),
        ({"delay_s": 0.1}, "delay_s"),
        ({"delay_s": 1000.0}, "delay_s"),
        ({"max_items": 0}, "max_items"),
        ({"max_items": 10**6}, "max_items"),
        ({"more_pages": f"{SITE}index_2.html"}, "more_pages"),
        ({"more_pages": f"{SITE}index_{{n}}.html", "kind": SourceKind.FEED}, "more_pages"),
        ({"include": tuple(f"/{n}/" for n in range(51))}, "include"),
        ({"schedule": Schedule(Pace.DAILY, 24)}, "hour"),
    ],
)
def test_a_source_that_makes_no_sense_is_refused_with_the_field(office: Office, fields: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidSource) as refused:
        office.add(**fields)
    assert refused.value.field == field
    assert office.desk.overviews() == ()


def test_entries_are_kept_without_blanks_around_them(office: Office) -> None:
    source = office.add(label="  示范市  网站 ", include=(" /zcwj/ ", "", "/zcwj/"))
    assert (source.label, source.include) == ("示范市 网站", ("/zcwj/",))


def test_removing_needs_a_reason_and_ends_what_goes_on(office: Office) -> None:
    source = office.add()
    office.desk.request(source.id, "wang")
    with pytest.raises(InvalidSource, match="原因"):
        office.desk.remove(source.id, source.version, "wang", " ")
    office.desk.remove(source.id, source.version, "wang", "网站改版")
    with pytest.raises(UnknownSource):
        office.desk.source(source.id)
    assert office.desk.run(source.id) is None
    assert office.desk.runs(source.id)[0].state is RunState.CANCELLED


def test_a_trial_shows_what_would_be_fetched_and_keeps_nothing(office: Office) -> None:
    office.places.pages = {f"{SITE}{n}.html": Page("正文", title=f"第{n}份") for n in range(12)}
    office.places.change(f"{SITE}1.html", failure="网站回复 403，没有取到。")
    trial = office.desk.trial(a_source())
    assert [entry.title for entry in trial.entries] == [f"第{n}份" for n in range(10)]
    assert trial.more
    assert len(office.places.fetched) == 3
    assert [entry.failed for entry in trial.entries[:3]] == [False, True, False]
    assert office.handed_in() == []
    assert office.desk.overviews() == ()


def test_a_trial_opens_nothing_more_when_its_time_is_up(office: Office) -> None:
    def pass_time(_address: str) -> None:
        office.now += timedelta(seconds=31)

    office.places.on_fetch = pass_time
    trial = office.desk.trial(a_source())
    assert [entry.outcome != "" for entry in trial.entries] == [True, False, False]


def test_a_trial_says_why_nothing_can_be_listed(office: Office) -> None:
    office.places.failure = "读不到列表：网站回复 404。"
    assert office.desk.trial(a_source()).failure == office.places.failure


def test_only_a_withdrawn_item_can_be_noted_as_checked(office: Office) -> None:
    source = office.add()
    office.fetch(source)
    with pytest.raises(InvalidSource):
        office.desk.note_checked(source.id, A, "wang")
