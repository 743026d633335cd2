"""A huey consumer that lives in threads of another program."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

from huey import SqliteHuey
from huey.consumer import Consumer, ConsumerStopped, Scheduler


class EmbeddedConsumer:
    """Looks every `tick_s` seconds (a divisor of 60) which tasks are due, and runs them on `workers` threads of its own.

    Several queues may share one file.
    """

    def __init__(self, queue_file: Path, tick_s: int, stop_within_s: int, *, workers: int, queue: str = "huey") -> None:
        self._huey = SqliteHuey(queue, filename=str(queue_file), results=False)
        self._tick_s, self._stop_within_s, self._workers = tick_s, stop_within_s, workers
        self._consumer: _QuietConsumer | None = None
        self._watching: Thread | None = None

    def add(self, name: str, is_due: Callable[[], bool], run: Callable[[], None], expires_s: int) -> Callable[[], None]:
        """Before `start`. A run that has waited for `expires_s` is dropped. Calling the result asks for a run at once, in one process."""

        def due(_moment: object) -> bool:
            return is_due()

        def task() -> None:
            run()

        wrapped = self._huey.periodic_task(due, name=name, expires=expires_s)(task)

        def ask() -> None:
            # Nobody may be there to take the runs; more than there are workers would do nothing.
            if self._huey.pending_count() < self._workers:
                wrapped()

        return ask

    def start(self) -> None:
        self._consumer = _QuietConsumer(
            self._huey, workers=self._workers, scheduler_interval=self._tick_s, max_delay=1.0, shutdown_timeout=self._stop_within_s
        )
        self._consumer.start()
        self._watching = Thread(target=_replace_dead_workers, args=(self._consumer,), name="jobs", daemon=True)
        self._watching.start()

    def stop(self) -> None:
        """Waits for what is running, at most `stop_within_s`."""
        if self._consumer is None or self._watching is None:
            return
        self._consumer.stop(graceful=True)
        self._watching.join(self._stop_within_s)
        self._consumer = self._watching = None


# huey ships no type information.
class _QuietConsumer(Consumer):  # type: ignore[misc]
    def _create_scheduler(self) -> Scheduler:
        """One that looks for periodic tasks each time it wakes up; huey's own does once a minute."""
        scheduler = super()._create_scheduler()
        scheduler.periodic_task_seconds = self.scheduler_interval
        return scheduler

    def _set_signal_handlers(self) -> None:
        """Signals belong to the program around it, which calls `stop`."""


def _replace_dead_workers(consumer: _QuietConsumer) -> None:
    checked = time.monotonic()
    with suppress(ConsumerStopped):
        while True:
            checked = consumer.loop(checked)
