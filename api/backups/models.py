"""Frozen values of backups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

FORMAT = 1


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """What a backup says of itself. `files` are SHA-256 by name within it; `rows` counts by table; `snapshot_id` "" without an index.

    `schema` are the versions of the tables by version table, so that a database of another version is told before it is touched.
    """

    made_at: datetime
    product_version: str
    records: str
    rows: dict[str, int]
    schema: dict[str, str]
    snapshot_id: str
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup on the disk; `size` in bytes. `manifest` None: the file cannot be read, `fault` says why in Chinese."""

    name: str
    path: Path
    size: int
    manifest: BackupManifest | None
    fault: str = ""

    @property
    def made_at(self) -> datetime | None:
        return self.manifest.made_at if self.manifest else None
