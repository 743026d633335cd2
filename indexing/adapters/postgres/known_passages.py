"""What a search asks of every passage of a generation, in memory: numbers, documents, days, regions, lengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from indexing.adapters.postgres.numbers import Numbers
from indexing.adapters.snapshot_columns import SnapshotColumns

WIDTH = 6
"""Numbers that `queries.PASSAGES` packs of each: passage, document, first day, day after the last, length in terms, checksum."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownPassages:
    """Parallel arrays; `numbers` rise. `columns` has the documents by their numbers."""

    numbers: Numbers
    lengths: Numbers
    checksums: Numbers
    columns: SnapshotColumns

    @classmethod
    def of(cls, regions: Sequence[str], figures: Sequence[npt.NDArray[np.int64]]) -> KnownPassages:
        """`figures` int64 [any number, WIDTH] of the passages of each region."""
        table = np.concatenate([np.empty((0, WIDTH), np.int64), *figures])
        region_ids = np.repeat(np.arange(len(regions), dtype=np.int32), [len(of_region) for of_region in figures])
        order = np.argsort(table[:, 0])
        numbers, documents, effective_on, ends_on, lengths, checksums = table[order].T
        distinct, codes = np.unique(documents, return_inverse=True)
        columns = SnapshotColumns(
            effective_on=effective_on.astype(np.int32),
            ends_on=ends_on.astype(np.int32),
            region_ids=region_ids[order],
            regions=np.array(regions, dtype=np.str_),
            document_ids=codes.astype(np.int32),
            documents=distinct,
        )
        return cls(np.ascontiguousarray(numbers), np.ascontiguousarray(lengths), np.ascontiguousarray(checksums), columns)

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self, numbers: Numbers) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """Of those of `numbers` that are known: their rows, and which they are."""
        if not len(self):
            return np.empty(0, np.int64), np.zeros(len(numbers), np.bool_)
        places = np.minimum(np.searchsorted(self.numbers, numbers), len(self) - 1)
        known: npt.NDArray[np.bool_] = self.numbers[places] == numbers
        return places[known], known

    def documents(self, rows: npt.NDArray[np.integer[Any]]) -> Numbers:
        found: Numbers = self.columns.documents[self.columns.document_ids[rows]].astype(np.int64)
        return found
