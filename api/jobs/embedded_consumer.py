"""A huey consumer that lives in threads of another program."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from huey import Huey
from huey.consumer import Consumer, ConsumerStopped, Scheduler

# As huey says it, and where.
_LOST, _WORKERS_LOG = "Error reading from queue", "huey.consumer.Worker"
_SAY_EVERY_S = 60.0


class EmbeddedConsumer:
    """Looks every `tick_s` seconds (a divisor of 60) which tasks are due, and runs them on `workers` threads of its own.

    While the place of the queue cannot be reached nothing is due: what is noted as begun could not be handed to anybody.
    """

    def __init__(self, huey: Huey, tick_s: int, stop_within_s: int, *, workers: int) -> None:
        self._huey = huey
        self._tick_s, self._stop_within_s, self._workers = tick_s, stop_within_s, workers
        self._consumer: _QuietConsumer | None = None
        self._watching: Thread | None = None

    def add(self, name: str, is_due: Callable[[], bool], run: Callable[[], None], expires_s: int) -> Callable[[], None]:
        """Before `start`. A run that has waited for `expires_s` is dropped. Calling the result asks for a run at once, in one process."""

        def due(_moment: object) -> bool:
            return self._is_reachable() and is_due()

        def task() -> None:
            run()

        wrapped = self._huey.periodic_task(due, name=name, expires=expires_s)(task)

        def ask() -> None:
            # Nobody may be there to take the runs; more than there are workers would do nothing.
            if self._huey.pending_count() < self._workers:
                wrapped()

        return ask

    def _is_reachable(self) -> bool:
        try:
            self._huey.pending_count()
        # Whatever its storage raises; the consumer says it, and tries again.
        except Exception:
            return False
        return True

    def start(self) -> None:
        logger = logging.getLogger(_WORKERS_LOG)
        if not any(isinstance(known, LostQueueOnce) for known in logger.filters):
            logger.addFilter(LostQueueOnce())
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


class LostQueueOnce(logging.Filter):
    """Of a queue that cannot be read one line a minute: each worker finds that out every second, with two traces of the client's."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now, self._silent_until = now, float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        if record.msg != _LOST:
            return True
        record.exc_info = None
        silent = self._now() < self._silent_until
        if not silent:
            self._silent_until = self._now() + _SAY_EVERY_S
        return not silent


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
