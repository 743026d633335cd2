"""One measurement of the report: its name and how it is taken."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from api.container import Container
from evaluation.figures import Section
from indexing.ports import Progress


@dataclass(frozen=True, slots=True)
class Measurement:
    """`run` takes the service as deployed and a way to say how far it is."""

    name: str
    run: Callable[[Container, Progress], Section]


def timed(measurement: Measurement, container: Container, say: Progress) -> Section:
    """The section with the seconds it took."""
    started = time.perf_counter()
    section = measurement.run(container, say)
    return replace(section, seconds=round(time.perf_counter() - started, 1))
