"""What a process does first where the state has been restored: it says so in the audit trail."""

from __future__ import annotations

from api.backups.restoration_note import take_note
from api.container import Container


def note_restoration(container: Container) -> None:
    """Once for each restoration, whichever process is first."""
    note = take_note(container.settings.home)
    if note is not None:
        name, by, present = note
        container.audit.record(by, "backup_restored", name, after=present)
