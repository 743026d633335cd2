"""A ContactVault that only hides; passes the same contract suite as the real one."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict

from assistant.hotline.errors import SealBroken
from assistant.hotline.models import Contact


class FakeContactVault:
    def __init__(self, key: str = "key") -> None:
        self._key = key

    def seal(self, contact: Contact) -> str:
        return base64.b64encode(json.dumps([self._key, asdict(contact)]).encode()).decode()

    def open(self, sealed: str) -> Contact:
        try:
            key, fields = json.loads(base64.b64decode(sealed, validate=True))
        except ValueError:
            raise SealBroken from None
        if key != self._key:
            raise SealBroken
        return Contact(**fields)

    def seal_text(self, text: str) -> str:
        return base64.b64encode(json.dumps([self._key, text]).encode()).decode()

    def open_text(self, sealed: str) -> str:
        key, text = json.loads(base64.b64decode(sealed))
        if key != self._key:
            raise SealBroken
        return str(text)

    def digest(self, text: str) -> str:
        return hashlib.sha256(f"{self._key}:{text}".encode()).hexdigest() if text else ""
