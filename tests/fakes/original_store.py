"""An OriginalStore in memory; passes the same contract suite as the one on files."""

from __future__ import annotations

import hashlib

from knowledge_base.models import RawDocument


class MemoryOriginalStore:
    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}

    def keep(self, raw: RawDocument) -> str:
        digest = hashlib.sha256(raw.content).hexdigest()
        self.contents[digest] = raw.content
        return digest
