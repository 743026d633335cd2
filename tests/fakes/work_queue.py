"""BackgroundWork that only notes what was asked; a test runs it when it likes."""

from __future__ import annotations

from collections.abc import Mapping

from api.jobs.work_queue import BackgroundTask


class RecordingQueue:
    def __init__(self) -> None:
        self.submitted: list[tuple[str, str]] = []

    def submit(self, task: str, argument: str = "") -> None:
        if (task, argument) not in self.submitted:
            self.submitted.append((task, argument))

    def waiting(self) -> int:
        return len(self.submitted)

    def start(self, tasks: Mapping[str, BackgroundTask]) -> None:
        """Nothing runs by itself."""

    def stop(self) -> None:
        """Nothing ran."""

    def run_waiting(self, tasks: Mapping[str, BackgroundTask]) -> int:
        done = 0
        while known := [entry for entry in self.submitted if entry[0] in tasks]:
            self.submitted.remove(known[0])
            tasks[known[0][0]].run(known[0][1])
            done += 1
        return done
