"""Names of snapshots, on every engine."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime


def new_snapshot_id() -> str:
    """Sorts by time; the tail keeps two refreshes of one moment apart."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-{secrets.token_hex(3)}"
