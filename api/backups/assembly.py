"""Puts backups together from the settings."""

from __future__ import annotations

from importlib.metadata import version

from api.backups.backup_desk import BackupDesk
from api.backups.records_copy import records_copy
from api.backups.routine import BackupRoutine
from api.settings import Settings
from knowledge_base.ports import Clock, ObjectFolder


def assemble_backups(settings: Settings, clock: Clock, elsewhere: ObjectFolder | None = None) -> BackupRoutine:
    records = records_copy(settings.records_address)
    desk = BackupDesk(settings.home, settings.backup_folder, records, version("zhengwen"), clock, settings.backup_keep, elsewhere)
    return BackupRoutine(desk, settings.backup_at, clock)
