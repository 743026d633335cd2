"""What the chain keeps outside the database: the key of its seals, and a line with the hash of each row that this machine wrote."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import structlog
from filelock import FileLock

from api.access.audit_chain import Anchor
from api.access.errors import AuditKeyUnreadable

log = structlog.get_logger()

_KEY = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(rb"(\d+) ([a-z0-9-]+:[0-9a-f]{64})\n")


class AuditKeys:
    """Calling it gives the keys, the one that seals first: those configured, else the one in `key_file`, made on first use."""

    def __init__(self, key_file: Path, configured: str = "") -> None:
        self._key_file, self._configured = key_file, configured

    def __call__(self) -> tuple[bytes, ...]:
        """Raises AuditKeyUnreadable."""
        return self._keys

    @cached_property
    def _keys(self) -> tuple[bytes, ...]:
        try:
            text = self._configured or _key_file_text(self._key_file)
        except OSError as error:
            raise AuditKeyUnreadable(str(self._key_file)) from error
        keys = tuple(text.replace(",", "\n").split())
        if not keys or not all(map(is_audit_key, keys)):
            raise AuditKeyUnreadable("ZHENGWEN_AUDIT_KEY" if self._configured else str(self._key_file))
        return tuple(bytes.fromhex(key) for key in keys)


def is_audit_key(text: str) -> bool:
    """32 bytes in lower-case hexadecimal."""
    return _KEY.fullmatch(text) is not None


class AnchorFile:
    """An AnchorLog: one line per row, "number hash", only ever added to. Safe to write from several processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, anchor: Anchor) -> None:
        """Never raises: the act has happened and its row is kept. What is missing here only guards the end of the trail less."""
        line = f"{anchor.number} {anchor.hash.decode()}\n".encode()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)
        except OSError as error:
            log.error("audit_anchor_not_written", path=str(self._path), reason=error.strerror)

    def all(self) -> Iterator[Anchor]:
        """In the order in which they were written; a line that was cut short by a power failure is passed over."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for line in file:
                if found := _LINE.fullmatch(line):
                    yield Anchor(int(found[1]), found[2])


def _key_file_text(path: Path) -> str:
    """Its content; made with a new key where there is none, once, however many processes ask at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        if not path.exists():
            _write_key(path)
        return path.read_text(encoding="ascii", errors="replace")


def _write_key(path: Path) -> None:
    # The temporary file is 0600 from its first moment, and the name appears only once the key is on the disk.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".audit-key-")
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(32).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    log.warning("audit_key_created", path=str(path), advice="请把这个文件单独备份；丢失后，操作记录无法再核对。")
