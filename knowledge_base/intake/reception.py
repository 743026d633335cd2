"""Takes a file in: keeps the original, notes where it came from. Reads nothing of it."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC
from typing import BinaryIO

from knowledge_base.intake.errors import FileRefused
from knowledge_base.intake.models import Upload, UploadState
from knowledge_base.intake.ports import IntakeStore, OriginalFiles, SafeReader
from knowledge_base.ports import Clock

ARCHIVE_SUFFIX = ".zip"
_LONGEST_NAME = 200
_SEPARATORS = re.compile(r"[/\\]+")


@dataclass(frozen=True, slots=True)
class Reception:
    """Takes what `reader` can read, and archives; `max_bytes` of one file."""

    store: IntakeStore
    originals: OriginalFiles
    clock: Clock
    reader: SafeReader
    max_bytes: int

    @property
    def suffixes(self) -> frozenset[str]:
        """Of files and archives, lower-case with the dot."""
        return self.reader.suffixes | {ARCHIVE_SUFFIX}

    def receive(  # noqa: PLR0913 - what is known of a file when it arrives
        self, name: str, stream: BinaryIO, *, by: str, origin: str = "", source_id: str = "", document_id: str = "", upload_id: str = ""
    ) -> Upload:
        """Durable on return. `document_id`: what it is a new text of. `upload_id` only where the same file must not be noted twice.

        Raises FileRefused, StoreUnavailable.
        """
        called = plain_name(name)
        self._refuse_unknown(called)
        digest, size = self.originals.keep_stream(called, stream, self.max_bytes)
        upload = Upload(
            id=upload_id or f"u-{secrets.token_hex(8)}",
            name=called,
            size=size,
            digest=digest,
            origin=origin,
            source_id=source_id,
            by=by,
            at=self.clock().astimezone(UTC),
            state=UploadState.WAITING,
            document_id=document_id,
        )
        self.store.save_upload(upload)
        return upload

    def _refuse_unknown(self, name: str) -> None:
        if not name.lower().endswith(tuple(self.suffixes)):
            readable = "、".join(sorted(self.suffixes))
            raise FileRefused(name, f"不认识这种文件。可以上传：{readable}。请另存为其中一种格式后重试。")


def plain_name(name: str) -> str:
    """The last part of a path, without characters that do not show or that turn the reading direction."""
    last = _SEPARATORS.split(name.strip())[-1]
    shown = "".join(char for char in last if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}).strip()
    if len(shown) <= _LONGEST_NAME:
        return shown or "未命名"
    stem, dot, suffix = shown.rpartition(".")
    return f"{stem[: _LONGEST_NAME - 12]}…{dot}{suffix[:10]}"
