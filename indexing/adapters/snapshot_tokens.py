"""Token vectors of a snapshot's passages: one file of rows that is read where it lies, and where each passage's rows begin."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexing.adapters.snapshot_format import TOKENS, TOKENS_OFFSETS
from indexing.late_interaction import TokenRows


class SnapshotTokens:
    """Rows come into memory as they are asked for."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError, ValueError where the files do not fit each other."""
        self._offsets: npt.NDArray[np.int64] = np.load(folder / TOKENS_OFFSETS)
        count, size = int(self._offsets[-1]), (folder / TOKENS).stat().st_size
        if (size % count if count else size) or np.any(np.diff(self._offsets) < 0):
            raise ValueError(f"{TOKENS} 与 {TOKENS_OFFSETS} 不符")
        # An empty file cannot be mapped.
        rows = np.asarray(np.memmap(folder / TOKENS, np.int8, "r")) if count else np.empty(0, np.int8)
        self._rows = rows.reshape(count, size // count if count else 0)

    def __len__(self) -> int:
        """Passages."""
        return len(self._offsets) - 1

    def of(self, row: int) -> TokenRows:
        """int8 [tokens, width] of the passage in this row."""
        rows: TokenRows = self._rows[self._offsets[row] : self._offsets[row + 1]]
        return rows


def write_tokens(folder: Path, passages: Iterable[TokenRows], kept: Collection[int]) -> dict[int, TokenRows]:
    """One passage after another; those in the rows `kept` are given back, to be compared with what was written."""
    found: dict[int, TokenRows] = {}
    counts = [0]
    with (folder / TOKENS).open("wb") as stream:
        for row, tokens in enumerate(passages):
            stream.write(np.ascontiguousarray(tokens, np.int8).data)
            counts.append(len(tokens))
            if row in kept:
                found[row] = tokens
    np.save(folder / TOKENS_OFFSETS, np.cumsum(counts, dtype=np.int64))
    return found
