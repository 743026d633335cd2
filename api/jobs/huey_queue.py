"""The work queue: what is to be done stands in the records, huey wakes those who do it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING

import structlog

from api.deferred import Deferred
from api.jobs.holders import Holders
from api.jobs.huey_places import QUEUE_FILE, MakeHuey, huey_in_file
from api.jobs.pending_work import PendingWork, WorkStore, choose_work
from api.jobs.work_queue import BackgroundTask
from api.logs import where
from knowledge_base.errors import KnowledgeBaseError

if TYPE_CHECKING:
    from api.jobs.embedded_consumer import EmbeddedConsumer

log = structlog.get_logger()

WORKERS = 6
"""Threads: enough that no kind of work (see AT_ONCE) waits for another."""
TICK_S = 5
LEASE_S = 60
"""A holder on another machine that has not been heard of for so long is taken for dead."""
STOP_WITHIN_S = 10
MOST_ATTEMPTS = 5


class HueyQueue:
    """BackgroundWork of this process. `home` holds one small lock file per process at work, and huey's file where no `huey` is named."""

    def __init__(
        self, store: WorkStore, home: Path, *, huey: MakeHuey | None = None, tick_s: int = TICK_S, now: Callable[[], float] = time.time
    ) -> None:
        self._store, self._huey, self._tick_s, self._now = store, huey or huey_in_file(home / QUEUE_FILE), tick_s, now
        self._holders = Holders(home / "work")
        self._tasks: Mapping[str, BackgroundTask] = {}
        self._active: set[int] = set()
        self._stopping, self._guard = Event(), Lock()
        self._consumer = Deferred(self._make_consumer)

    def submit(self, task: str, argument: str = "") -> None:
        self._store.add(task, argument)
        try:
            self._consumer()[1]()
        # The work stands in the records already and is found at the next look; whatever keeps huey from waking somebody now may pass.
        except Exception as error:
            log.warning("work_not_announced", task=task, error=where(error))

    def waiting(self) -> int:
        return len(self._store.pending())

    def start(self, tasks: Mapping[str, BackgroundTask]) -> None:
        self._tasks = tasks
        self._stopping.clear()
        self._holders.enter()
        self._consumer()[0].start()

    def stop(self) -> None:
        self._stopping.set()
        self._consumer()[0].stop()
        # Else the process ends in a moment with work in hand; until then nobody else shall begin it.
        if not self._active:
            self._holders.leave()

    def run_waiting(self, tasks: Mapping[str, BackgroundTask]) -> int:
        self._tasks = tasks
        self._holders.enter()
        try:
            return self._work_off()
        finally:
            self._holders.leave()

    def _make_consumer(self) -> tuple[EmbeddedConsumer, Callable[[], None]]:
        # Loading huey takes a quarter of a second, which commands that start no work shall not wait.
        from api.jobs.embedded_consumer import EmbeddedConsumer  # noqa: PLC0415

        consumer = EmbeddedConsumer(self._huey("work"), self._tick_s, STOP_WITHIN_S, workers=WORKERS)
        return consumer, consumer.add("work", self._look, self._run, self._tick_s)

    def _look(self) -> bool:
        """Says that this process lives, and whether there is something to do."""
        try:
            with self._guard:
                held = tuple(self._active)
            if held:
                self._store.renew(held, self._holders.name, self._now() + LEASE_S)
            return choose_work(self._store.pending(), self._tasks, self._is_cut_off) is not None
        # Whatever it is, a database away for a moment must not end the scheduler.
        except Exception as error:
            log.error("work_not_looked_for", error=where(error))
            return False

    def _run(self) -> None:
        try:
            self._work_off()
        except KnowledgeBaseError as error:
            log.error("work_not_claimed", error=where(error))

    def _work_off(self) -> int:
        done = 0
        while not self._stopping.is_set() and (work := self._claim()):
            try:
                self._do(work)
                # Not where it fails: what was cut off by an interrupt or a full disk is done again.
                self._store.finish(work)
            finally:
                with self._guard:
                    self._active.discard(work.id)
            done += 1
        return done

    def _claim(self) -> PendingWork | None:
        # Noted before anybody else can look, else a claim made just now would pass for one that was cut off.
        with self._guard:
            work = self._store.claim(
                lambda pending: choose_work(pending, self._tasks, self._is_cut_off), self._holders.name, self._now() + LEASE_S
            )
            if work is not None:
                self._active.add(work.id)
            return work

    def _is_cut_off(self, work: PendingWork) -> bool:
        if work.holder == self._holders.name:
            return work.id not in self._active
        alive = self._holders.is_alive(work.holder)
        return work.leased_until < self._now() if alive is None else not alive

    def _do(self, work: PendingWork) -> None:
        task, began = self._tasks[work.task], time.monotonic()
        try:
            if work.attempts > MOST_ATTEMPTS:
                log.error("work_given_up", task=work.task, attempts=work.attempts - 1)
                task.give_up(work.argument)
                return
            said = task.run(work.argument)
        # Whatever it is, a failing task must not stop the others; it has noted the reason where its matter belongs.
        except Exception as error:
            log.error("work_failed", task=work.task, error=where(error))
        else:
            log.info("work_done", task=work.task, said=said, ms=round((time.monotonic() - began) * 1000))
