"""Looks for personal values wherever a run may have left them: files, logs, what was sent. Used by test_personal_data."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from evaluation.privacy_probes import PrivacyProbe

# Fewer digits than these turn up by chance in an index or a timing.
_TELLING_DIGITS = 8
_WIDE = {ord(char): chr(ord(char) + 0xFEE0) for char in map(chr, range(0x21, 0x7F))}
_NARROW = {wide: chr(narrow) for narrow, wide in ((ord(char), ord(char) + 0xFEE0) for char in map(chr, range(0x21, 0x7F)))}


def values_of(probe: PrivacyProbe) -> tuple[str, ...]:
    return tuple(probe.text[value.start : value.end] for value in probe.values)


def forms_of(value: str) -> frozenset[bytes]:
    """The value as written, narrow, wide, in the escapes of JSON and of addresses, and its digits alone where they are telling."""
    narrow = value.translate(_NARROW)
    digits = re.sub(r"\D", "", narrow)
    plain = {narrow, digits} if len(digits) >= _TELLING_DIGITS else {narrow}
    written = {value, *plain, *(form.translate(_WIDE) for form in plain)}
    escaped = {json.dumps(form)[1:-1] for form in written} | {quote(form) for form in written}
    return frozenset(form.encode() for form in written | escaped)


def traces(values: Iterable[str], places: dict[str, bytes]) -> set[tuple[str, str]]:
    """(place, value) wherever any form of a value stands."""
    return {(place, value) for value in values for form in forms_of(value) for place, content in places.items() if form in content}


def files_under(home: Path) -> dict[str, bytes]:
    """Every file by its path, SQLite's journals with them; linked folders (the shared model) are not followed."""
    paths = (Path(folder, name) for folder, _, names in os.walk(home) for name in names)
    return {str(path.relative_to(home)): path.read_bytes() for path in paths if path.is_file() and not path.is_symlink()}


class Outgoing:
    """Keeps all bytes that Python code of this process sends over any socket, before encryption."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sent = bytearray()
        for kind in (socket.socket, ssl.SSLSocket):
            for name in ("send", "sendall", "sendto"):
                patch.setattr(kind, name, self._recording(getattr(kind, name)))

    def _recording(self, send: Any) -> Any:
        def recorded(connection: socket.socket, content: Any, *rest: Any) -> Any:
            self.sent += bytes(content)
            return send(connection, content, *rest)

        return recorded
