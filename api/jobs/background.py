"""Runs periodic jobs beside the web server. Knows nothing of what the jobs do."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import structlog

from api.access.errors import AccessError
from api.jobs.huey_places import MakeHuey
from api.jobs.periodic_jobs import PeriodicJob
from api.logs import where
from assistant.errors import AssistantError
from assistant.job_runs import JobRunStore
from indexing.errors import IndexingError
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.ports import Clock

if TYPE_CHECKING:
    from api.jobs.embedded_consumer import EmbeddedConsumer

log = structlog.get_logger()

TICK_S = 5
"""How often is looked which jobs are due; the shortest period a job can have."""
STOP_WITHIN_S = 15
"""Longer than a webhook may take; a job that takes longer is cut off when the process ends."""


# Two, so that a slow receiver of webhooks delays no escalation.
_WORKERS = 2


class BackgroundJobs:
    """Every process may start one: for each period of a job the first to note it in `runs` runs it, the others pass.

    `huey` makes the queue of a name. Periods follow the wall clock; `clock` dates the runs.
    """

    def __init__(self, jobs: Sequence[PeriodicJob], runs: JobRunStore, huey: MakeHuey, clock: Clock, tick_s: int = TICK_S) -> None:
        self._jobs, self._runs, self._huey, self._clock, self._tick_s = tuple(jobs), runs, huey, clock, tick_s
        self._consumer: EmbeddedConsumer | None = None

    def start(self) -> None:
        # Loading huey takes a quarter of a second, which commands that start no jobs shall not wait.
        from api.jobs.embedded_consumer import EmbeddedConsumer  # noqa: PLC0415

        self._consumer = EmbeddedConsumer(self._huey("huey"), self._tick_s, STOP_WITHIN_S, workers=_WORKERS)
        for job in self._jobs:
            # A run that had to wait for a whole period is dropped: the next one does its work.
            self._consumer.add(job.name, self._due(job), self._task(job), max(job.every_s, self._tick_s))
        self._consumer.start()
        log.info("jobs_started", jobs=[job.name for job in self._jobs])

    def stop(self) -> None:
        """Lets running jobs finish, for at most STOP_WITHIN_S."""
        if self._consumer is None:
            return
        self._consumer.stop()
        self._consumer = None
        log.info("jobs_stopped")

    def run_all(self) -> dict[str, str]:
        """Every job once, here and now. Returns the failures in Chinese by name."""
        outcomes = {}
        for job in self._jobs:
            self._runs.begin(job.name, _slot(job), self._clock())
            outcomes[job.name] = self._run(job)
        return {name: failure for name, failure in outcomes.items() if failure}

    def _due(self, job: PeriodicJob) -> Callable[[], bool]:
        def begin() -> bool:
            try:
                return self._runs.begin(job.name, _slot(job), self._clock())
            # Whatever it is, a database away for a moment must not end the scheduler.
            except Exception as error:
                log.error("job_not_begun", job=job.name, error=where(error))
                return False

        return begin

    def _task(self, job: PeriodicJob) -> Callable[[], None]:
        def run() -> None:
            self._run(job)

        return run

    def _run(self, job: PeriodicJob) -> str:
        began, failure = time.monotonic(), ""
        try:
            done = job.run()
        # Whatever it is, a failing job must not stop the others.
        except Exception as error:
            failure = _in_words(error)
            log.error("job_failed", job=job.name, error=where(error))
        else:
            if done:
                log.info("job_done", job=job.name, done=done, ms=round((time.monotonic() - began) * 1000))
        try:
            self._runs.end(job.name, self._clock(), failure)
        except KnowledgeBaseError as error:
            log.error("job_end_not_noted", job=job.name, error=where(error))
        return failure


def _slot(job: PeriodicJob) -> int:
    return int(time.time() // job.every_s)


def _in_words(error: Exception) -> str:
    """Our own errors say in Chinese what to do; others may repeat what a citizen wrote, so that only their kind is kept."""
    if isinstance(error, AccessError | AssistantError | IndexingError | KnowledgeBaseError):
        return str(error)
    return f"程序出错（{type(error).__name__}），详情见日志。"
