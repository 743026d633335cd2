"""Every kind of source through one Places: folders of this machine, everything else from the web."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from knowledge_base.sources.models import Source, SourceKind
from knowledge_base.sources.ports import Beat, Place, Places


@dataclass(frozen=True, slots=True)
class PlacesByKind:
    folders: Places
    web: Places

    def check(self, source: Source) -> None:
        self._of(source).check(source)

    def open(self, source: Source, beat: Beat) -> AbstractContextManager[Place]:
        return self._of(source).open(source, beat)

    def _of(self, source: Source) -> Places:
        return self.folders if source.kind is SourceKind.FOLDER else self.web
