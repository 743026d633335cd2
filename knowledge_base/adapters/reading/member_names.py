"""Names inside an archive: in which encoding they are written, which lead outside, which nobody means to upload."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Sequence

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_DRIVE = re.compile(r"^[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def name_of(member: zipfile.ZipInfo) -> str:
    """The name with "/" between folders. zipfile takes unmarked names for CP437; Chinese Windows writes GBK, macOS UTF-8."""
    # The name before zipfile cut it off at a zero byte.
    name = member.orig_filename
    if not member.flag_bits & _UTF8_FLAG:
        written = name.encode("cp437", errors="replace")
        name = _stated(member.extra, written) or _decoded(written)
    return name.replace("\\", "/")


def leads_outside(name: str) -> bool:
    """Absolute, with a drive letter, climbing out of its folder, or with characters no file name has."""
    return name.startswith("/") or bool(_DRIVE.match(name) or _CONTROL.search(name)) or ".." in name.split("/")


def is_left_out(name: str, beginnings: Sequence[str]) -> bool:
    return any(part.startswith((".", *beginnings)) for part in name.split("/"))


def _decoded(written: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return written.decode(encoding)
        except UnicodeDecodeError:
            continue
    return written.decode("cp437")


def _stated(extra: bytes, written: bytes) -> str | None:
    """The Info-ZIP Unicode Path (APPNOTE 4.6.9), if it belongs to this name."""
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and len(field) > 5 and struct.unpack("<L", field[1:5])[0] == zlib.crc32(written):
            return field[5:].decode("utf-8", errors="replace")
    return None
