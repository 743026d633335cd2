"""What a run tells of itself while it works, and how it hears that it shall stop."""

from __future__ import annotations

import time
from collections.abc import Callable

from indexing.errors import RunCancelled
from indexing.indexing_run import IndexingRunStore
from indexing.ports import Progress
from knowledge_base.errors import KnowledgeBaseError

NOTE_EVERY_S = 0.5


class RunProgress:
    """A Progress that writes at most every half second, at each new step besides. Raises RunCancelled when somebody asked for it."""

    def __init__(
        self, runs: IndexingRunStore, run_id: int, listener: Progress | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._runs, self._run_id, self._listener, self._now = runs, run_id, listener, now
        self._step, self._noted_at = "", 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        if self._listener is not None:
            self._listener(step, done, total)
        now = self._now()
        if step == self._step and now - self._noted_at < NOTE_EVERY_S:
            return
        self._step, self._noted_at = step, now
        try:
            stopped_by = self._runs.note_progress(self._run_id, step, done, total)
        except KnowledgeBaseError:
            # Progress that cannot be noted for a moment is no reason to give up the work.
            return
        if stopped_by:
            raise RunCancelled(stopped_by)
