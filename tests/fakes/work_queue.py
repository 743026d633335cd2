"""A WorkQueue that only notes what was asked; a test runs it when it likes."""

from __future__ import annotations


class RecordingQueue:
    def __init__(self) -> None:
        self.submitted: list[tuple[str, str]] = []

    def submit(self, task: str, argument: str = "") -> None:
        if (task, argument) not in self.submitted:
            self.submitted.append((task, argument))
