"""Digest and place of every passage of a snapshot, by row: what a refresh compares with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from indexing.models import Passage
from indexing.passage_splitter import text_digest
from indexing.ports import PassageState


@dataclass(frozen=True, slots=True)
class PassageDigests:
    """Parallel columns: passage id, digest over the whole passage, its place in the text, digest over its search text."""

    ids: list[str]
    digests: list[str]
    starts: list[int]
    ends: list[int]
    text_digests: list[str]

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> PassageDigests:
        return cls(
            [passage.id for passage in passages],
            [passage.digest for passage in passages],
            [passage.start for passage in passages],
            [passage.end for passage in passages],
            [text_digest(passage.search_text) for passage in passages],
        )

    @classmethod
    def load(cls, path: Path) -> PassageDigests:
        return cls(**orjson.loads(path.read_bytes()))

    def save(self, path: Path) -> None:
        path.write_bytes(orjson.dumps(self))

    def by_id(self) -> dict[str, PassageState]:
        states = map(PassageState, self.digests, self.starts, self.ends)
        return dict(zip(self.ids, states, strict=True))

    def rows_by_text(self) -> dict[str, int]:
        return {digest: row for row, digest in enumerate(self.text_digests)}
