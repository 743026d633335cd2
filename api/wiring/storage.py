"""Where originals and copies of backups are kept: this machine's disk, and an object storage where one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.backups.assembly import assemble_backups
from api.backups.routine import BackupRoutine
from api.settings import Settings
from knowledge_base.adapters.file_originals import FileOriginals
from knowledge_base.errors import StorageUnavailable
from knowledge_base.ports import Clock, ObjectFolder

if TYPE_CHECKING:
    from knowledge_base.adapters.remote_originals import RemoteOriginals


def originals_on(settings: Settings) -> FileOriginals | RemoteOriginals:
    """Raises StorageUnavailable where the client is not installed."""
    folder = settings.home / "originals"
    if not settings.originals:
        return FileOriginals(folder)
    from knowledge_base.adapters.remote_originals import RemoteOriginals  # noqa: PLC0415 - as below

    return RemoteOriginals(folder, object_folder(settings, settings.originals))


def backups_on(settings: Settings, clock: Clock, address: str = "") -> BackupRoutine:
    """`address` of another object folder than the settings name. Raises StorageUnavailable."""
    wanted = address or settings.backup_upload
    return assemble_backups(settings, clock, object_folder(settings, wanted) if wanted else None)


def object_folder(settings: Settings, address: str) -> ObjectFolder:
    """Raises StorageUnavailable where the client is not installed."""
    try:
        # An optional part, and most installations do without.
        from knowledge_base.adapters.s3_folder import S3Account, S3Folder  # noqa: PLC0415
    except ImportError as error:
        raise StorageUnavailable("没有安装对象存储的客户端，请运行 pip install zhengwen[s3]。") from error
    secret = settings.s3_secret.get_secret_value()
    account = S3Account(settings.s3_endpoint, settings.s3_region, settings.s3_key_id, secret, settings.s3_addressing)
    return S3Folder(address, account)
