"""Passages as JSON lines with an offsets file beside, read row by row through a memory map."""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson

from indexing.adapters.snapshot_format import PASSAGE_OFFSETS, PASSAGES
from indexing.models import Passage, PassageKind


def write_passages(passages: Iterable[Passage], folder: Path) -> None:
    offsets = [0]
    with (folder / PASSAGES).open("wb") as stream:
        for passage in passages:
            stream.write(passage_line(passage) + b"\n")
            offsets.append(stream.tell())
    np.save(folder / PASSAGE_OFFSETS, np.array(offsets, dtype=np.int64))


# Passages kept as read, some 3 kB each: what is found for one question is found for the next.
_KEPT = 2048


class PassageLines:
    """Passages by row. Only the rows asked for are read; none of them ever changes."""

    def __init__(self, folder: Path) -> None:
        self._offsets = np.load(folder / PASSAGE_OFFSETS)
        with (folder / PASSAGES).open("rb") as stream:
            # An empty file cannot be mapped.
            lines: mmap.mmap | bytes = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) if self._offsets[-1] else b""
        offsets = self._offsets
        # Without `self`, so that a snapshot nobody holds any more is gone at once.
        self._passage = lru_cache(_KEPT)(lambda row: read_passage(lines[offsets[row] : offsets[row + 1]]))

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, row: int) -> Passage:
        return self._passage(row)


def passage_line(passage: Passage) -> bytes:
    return orjson.dumps(passage)


def read_passage(line: bytes) -> Passage:
    fields = orjson.loads(line)
    fields["kind"] = PassageKind(fields["kind"])
    fields["heading_path"], fields["paths"] = tuple(fields["heading_path"]), tuple(fields["paths"])
    fields["effective_on"] = date.fromisoformat(fields["effective_on"])
    fields["ends_on"] = date.fromisoformat(fields["ends_on"]) if fields["ends_on"] else None
    return Passage(**fields)
