"""Going back to an older snapshot, the same on the disk and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from indexing.errors import NoSnapshot, SnapshotDamaged

_log = structlog.get_logger(__name__)


class KeptSnapshots(Protocol):
    """What an index can go back to."""

    def current_id(self) -> str | None: ...

    def snapshot_ids(self) -> Sequence[str]:
        """Newest first."""

    def switch_to(self, snapshot_id: str) -> None: ...


def roll_back(shelf: KeptSnapshots, check: Callable[[str], object], to: str | None) -> str:
    """Make `to` current, or the newest before the current one that is sound by `check`, which raises SnapshotDamaged; return its id.

    Raises SnapshotDamaged where `to` is not sound, NoSnapshot where nothing older is left.
    """
    if to is not None:
        check(to)
        shelf.switch_to(to)
        return to
    current = shelf.current_id()
    for snapshot_id in shelf.snapshot_ids():
        if current is not None and snapshot_id >= current:
            continue
        try:
            return roll_back(shelf, check, snapshot_id)
        except SnapshotDamaged as damage:
            _log.warning("snapshot_damaged", snapshot=snapshot_id, reason=damage.reason)
    raise NoSnapshot
