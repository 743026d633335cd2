"""Errors of backups, with Chinese messages that can be shown.

BackupError
├── BackupFailed      it could not be made; the earlier ones are untouched
├── BackupNotSent     made and sound here, but not in the object storage yet
├── BackupDamaged     a backup is incomplete or altered; nothing has been restored from it
├── UnknownBackup     there is no backup of this name
└── CannotRestore     sound, but it does not fit this installation
"""

from __future__ import annotations

from knowledge_base.errors import KnowledgeBaseError


class BackupError(KnowledgeBaseError):
    """Base; `str(error)` is a Chinese sentence."""


class BackupFailed(BackupError):
    def __init__(self, reason: str) -> None:
        super().__init__(f"备份没有做成：{reason}已有的备份不受影响。")


class BackupNotSent(BackupError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"备份“{name}”已做成并核对，存在本机，但没有传到对象存储：{reason}下次备份时会补传。")


class BackupDamaged(BackupError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"备份“{name}”不完整或被改动过（{reason}），没有从它恢复任何内容。请换一份备份。")


class UnknownBackup(BackupError):
    def __init__(self, name: str) -> None:
        super().__init__(f"没有名为“{name}”的备份。运行 zhengwen backup --list 查看现有的备份。")


class CannotRestore(BackupError):
    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"不能从“{name}”恢复：{reason}")
