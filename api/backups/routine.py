"""Backups by themselves: when one is due, what the background work does, and what is noted of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import orjson

from api.backups.backup_desk import BackupDesk
from api.backups.errors import BackupError
from assistant.models import CHINA_TIME
from knowledge_base.ports import Clock

BY_ITSELF = "定时"
OFF = "off"
_FAILURE = ".last-failure.json"


@dataclass(frozen=True, slots=True)
class Failure:
    """The last backup that was not made; gone once one is made."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class BackupRoutine:
    """`at` is "02:30" in China, or "off"."""

    desk: BackupDesk
    at: str
    clock: Clock

    def is_due(self) -> bool:
        """True after the hour of every day until a backup has been made."""
        if self.at == OFF:
            return False
        now = self.clock().astimezone(CHINA_TIME)
        hour, minute = self.at.split(":")
        due = datetime.combine(now.date(), time(int(hour), int(minute)), CHINA_TIME)
        return now >= due and not any(backup.made_at and backup.made_at >= due for backup in self.desk.backups())

    def run(self, by: str) -> str:
        """Makes a backup and sends it where one is set; one made by itself clears old ones away, unless they could not be sent.

        Returns what was done in Chinese. Raises BackupFailed, BackupNotSent.
        """
        noted = self.desk.folder / _FAILURE
        try:
            made = self.desk.make()
            sent = self.desk.send()
        except BackupError as error:
            self._note_failure(noted, str(error))
            raise
        noted.unlink(missing_ok=True)
        cleared = self.desk.clear_old() if by == BY_ITSELF else ()
        told = (f"传到对象存储{len(sent)}份" if sent else "", f"清理了{len(cleared)}份旧备份" if cleared else "")
        return "，".join([f"已备份到 {made.name}", *filter(None, told)]) + "。"

    def last_failure(self) -> Failure | None:
        try:
            said = orjson.loads((self.desk.folder / _FAILURE).read_bytes())
            return Failure(datetime.fromisoformat(said["at"]), said["reason"])
        except (OSError, ValueError, KeyError):
            return None

    def restore(self, name: str, by: str) -> str:
        """Brings a backup of the folder back. Raises UnknownBackup, BackupDamaged, CannotRestore, BackupFailed."""
        self.desk.restore(self.desk.find(name).path, by)
        return f"已恢复到 {name}。"

    def _note_failure(self, path: Path, reason: str) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(orjson.dumps({"at": self.clock().isoformat(), "reason": reason}))
        except OSError:
            # A full disk is the usual reason; the log has it all the same.
            return
