"""What decides about a passage without reading it: dates and region; and the mask they give for a day and a region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexing.models import Passage

Mask = npt.NDArray[np.bool_]
_NEVER_ENDS = date.max.toordinal() + 1


@dataclass(frozen=True, slots=True)
class SnapshotColumns:
    """One row per passage. Days are proleptic ordinals; `region_ids` index `regions`, `document_ids` index `documents`, by id or number."""

    effective_on: npt.NDArray[np.int32]
    ends_on: npt.NDArray[np.int32]
    region_ids: npt.NDArray[np.int32]
    regions: npt.NDArray[np.str_]
    document_ids: npt.NDArray[np.int32]
    documents: npt.NDArray[np.str_] | npt.NDArray[np.int64]

    @classmethod
    def of(cls, passages: Sequence[Passage]) -> SnapshotColumns:
        regions, region_ids = _coded([passage.jurisdiction for passage in passages])
        documents, document_ids = _coded([passage.document_id for passage in passages])
        return cls(
            effective_on=np.array([passage.effective_on.toordinal() for passage in passages], dtype=np.int32),
            ends_on=np.array([p.ends_on.toordinal() if p.ends_on else _NEVER_ENDS for p in passages], dtype=np.int32),
            region_ids=region_ids,
            regions=regions,
            document_ids=document_ids,
            documents=documents,
        )

    @classmethod
    def load(cls, path: Path) -> SnapshotColumns:
        with np.load(path, allow_pickle=False) as columns:
            return cls(**{field.name: columns[field.name] for field in fields(cls)})

    def save(self, path: Path) -> None:
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    def __len__(self) -> int:
        return len(self.effective_on)

    def mask(self, day: date | None, regions: Sequence[str] | None) -> Mask:
        """True where the passage binds on `day` (None: any day) in one of `regions` (None: any region)."""
        allowed = np.ones(len(self), dtype=np.bool_)
        if day is not None:
            allowed &= (self.effective_on <= day.toordinal()) & (day.toordinal() < self.ends_on)
        if regions is not None:
            wanted = np.isin(self.regions, list(regions))
            allowed &= wanted[self.region_ids]
        return allowed


def _coded(names: Sequence[str]) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.int32]]:
    distinct, codes = np.unique(np.array(names, dtype=np.str_), return_inverse=True)
    return distinct, codes.astype(np.int32)
