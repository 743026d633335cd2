"""A region directory that is always the present one, for those who keep a directory for as long as the process lives."""

from __future__ import annotations

from collections.abc import Callable

from knowledge_base.models import Region
from knowledge_base.regions import RegionDirectory


class CurrentRegions(RegionDirectory):
    """Asks `current` for the directory with every question. One that is kept inside a question may be older than the next."""

    def __init__(self, current: Callable[[], RegionDirectory]) -> None:
        # Nothing of its own: every answer is the present directory's.
        self._current = current

    def all(self) -> tuple[Region, ...]:
        return self._current().all()

    def get(self, code: str) -> Region:
        return self._current().get(code)

    def children(self, code: str) -> tuple[Region, ...]:
        return self._current().children(code)

    def lineage(self, code: str) -> tuple[str, ...]:
        return self._current().lineage(code)

    def full_name(self, code: str) -> str:
        return self._current().full_name(code)

    def resolve(self, name_or_code: str) -> Region | None:
        return self._current().resolve(name_or_code)

    def find_in_text(self, text: str) -> tuple[Region, ...]:
        return self._current().find_in_text(text)
