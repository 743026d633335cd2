"""Seals contacts with Fernet (AES-128-CBC and HMAC-SHA256) and makes the digests that find a caller's earlier orders."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import os
import tempfile
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from filelock import FileLock

from assistant.hotline.errors import SealBroken
from assistant.hotline.models import Contact

log = structlog.get_logger()


class FernetContactVault:
    """A ContactVault and a SecretSeal. The first key seals, every key opens; digests are made with the last one, to survive a rotation.

    To rotate, put a new key in front and keep the others. Without the old last key earlier orders of a number are no longer found.
    `keys` are separated by commas or line breaks; where there are none, they stand in `key_file`, made on first use. Thread-safe.
    """

    def __init__(self, key_file: Path, keys: str = "") -> None:
        self._key_file, self._configured = key_file, keys

    def seal(self, contact: Contact) -> str:
        return self._fernet.encrypt(json.dumps(asdict(contact), ensure_ascii=False).encode()).decode()

    def open(self, sealed: str) -> Contact:
        try:
            return Contact(**json.loads(self._fernet.decrypt(sealed.encode())))
        except InvalidToken as error:
            raise SealBroken from error

    def seal_text(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open_text(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealBroken from error

    def digest(self, text: str) -> str:
        """HMAC-SHA256 in hexadecimal. Raises SealBroken where the keys cannot be read."""
        return hmac.new(self._digest_key, text.encode(), hashlib.sha256).hexdigest() if text else ""

    @cached_property
    def _keys(self) -> tuple[bytes, ...]:
        text = self._configured or _key_file_text(self._key_file)
        keys = tuple(key.encode() for key in text.replace(",", "\n").split())
        if not keys or not all(map(is_contact_key, keys)):
            raise SealBroken
        return keys

    @cached_property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self._keys])

    @cached_property
    def _digest_key(self) -> bytes:
        # Another purpose, another key (RFC 5869): what is learnt about digests says nothing about the seals.
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zhengwen contact digest")
        return derivation.derive(base64.urlsafe_b64decode(self._keys[-1]))


def is_contact_key(key: bytes) -> bool:
    """Whether this is a Fernet key: 32 bytes in URL-safe base64."""
    try:
        return len(base64.urlsafe_b64decode(key)) == 32
    except (binascii.Error, ValueError):
        return False


def _key_file_text(path: Path) -> str:
    """Its content; made with a new key where there is none, once, however many processes ask at the same moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        if not path.exists():
            _write_key(path)
        return path.read_text(encoding="ascii", errors="replace")


def _write_key(path: Path) -> None:
    # The temporary file is 0600 from its first moment, and the name appears only once the key is on the disk.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".contact-key-")
    with os.fdopen(handle, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(path)
    log.warning("contact_key_created", path=str(path), advice="请把这个文件单独备份；丢失后，已保存的联系方式再也打不开。")
