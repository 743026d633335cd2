"""The line that a restoration leaves for the audit trail of the restored state."""

from __future__ import annotations

from pathlib import Path

import orjson

_NOTE = ".restored-note.json"


def leave_note(home: Path, name: str, by: str, present: str) -> None:
    """For whoever opens the restored records next: the audit trail of before is gone, and with it perhaps its key."""
    (home / _NOTE).write_bytes(orjson.dumps({"name": name, "by": by, "present": present}))


def take_note(home: Path) -> tuple[str, str, str] | None:
    """(backup, by whom, backup of the state before), once and to one process; None where nothing was restored."""
    taken = home / f"{_NOTE}.taken"
    try:
        (home / _NOTE).rename(taken)
        said = orjson.loads(taken.read_bytes())
        taken.unlink()
        return said["name"], said["by"], said["present"]
    except (OSError, ValueError, KeyError):
        return None
