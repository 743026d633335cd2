"""What is known of a generation as a whole, and how it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import orjson
from sqlalchemy import Connection, text

from indexing.adapters.postgres.layout import SCHEMA
from indexing.errors import SnapshotDamaged
from indexing.models import SnapshotManifest

# The names in statements are this module's own.
# ruff: noqa: S608


@dataclass(frozen=True, slots=True, eq=False)
class GenerationFacts:
    """`average_length` of a passage in terms; `centre` float32, the mean of all searched vectors."""

    generation: int
    manifest: SnapshotManifest
    average_length: float
    average_cosine: float
    centre: npt.NDArray[np.float32]


def keep_facts(connection: Connection, facts: GenerationFacts) -> None:
    insert = text(
        f"INSERT INTO {SCHEMA}.generations (generation, snapshot_id, manifest, average_length, average_cosine, centre)"
        " VALUES (:generation, :snapshot_id, :manifest, :average_length, :average_cosine, :centre)"
    )
    row = {
        "generation": facts.generation,
        "snapshot_id": facts.manifest.snapshot_id,
        "manifest": orjson.dumps(facts.manifest).decode(),
        "average_length": facts.average_length,
        "average_cosine": facts.average_cosine,
        "centre": facts.centre.astype("<f4").tobytes(),
    }
    connection.execute(insert, row)


def facts_of(connection: Connection, snapshot_id: str) -> GenerationFacts:
    """Raises SnapshotDamaged where there is no such snapshot."""
    query = text(f"SELECT * FROM {SCHEMA}.generations WHERE snapshot_id = :snapshot_id")
    row = connection.execute(query, {"snapshot_id": snapshot_id}).one_or_none()
    if row is None:
        raise SnapshotDamaged(snapshot_id, "没有这个快照")
    manifest = manifest_from_json(row.manifest)
    return GenerationFacts(row.generation, manifest, row.average_length, row.average_cosine, np.frombuffer(row.centre, "<f4"))


def manifest_from_json(written: str) -> SnapshotManifest:
    content = orjson.loads(written)
    content["created_at"] = datetime.fromisoformat(content["created_at"])
    return SnapshotManifest(**content)
