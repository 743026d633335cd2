"""Digests of every passage of a snapshot, by row: what a refresh compares with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexing.models import Passage
from indexing.passage_splitter import text_digest


@dataclass(frozen=True, slots=True)
class PassageDigests:
    """Parallel columns: passage id, digest over the whole passage, digest over its search text."""

    ids: list[str]
    digests: list[str]
    text_digests: list[str]

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> PassageDigests:
        return cls(
            [passage.id for passage in passages],
            [passage.digest for passage in passages],
            [text_digest(passage.search_text) for passage in passages],
        )

    @classmethod
    def load(cls, path: Path) -> PassageDigests:
        return cls(**orjson.loads(path.read_bytes()))

    def save(self, path: Path) -> None:
        path.write_bytes(orjson.dumps(self))

    def by_id(self) -> dict[str, str]:
        return dict(zip(self.ids, self.digests, strict=True))

    def rows_by_text(self) -> dict[str, int]:
        return {digest: row for row, digest in enumerate(self.text_digests)}
