"""What a process does first where the state has been restored: nothing of the state before is said again, and the audit trail tells it."""

from __future__ import annotations

from api.backups.restoration_note import take_note
from api.container import Container


def note_restoration(container: Container) -> None:
    """Once for each restoration, whichever process is first."""
    note = take_note(container.settings.home)
    if note is not None:
        name, by, present = note
        container.forget_answers()
        container.audit.record(by, "backup_restored", name, after=present)
