"""Check a .docx or .xlsx before any library unpacks it: size, ratio, passwords, entity declarations."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from knowledge_base.adapters.parsers.limits import ReadingLimits
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import RawDocument

_ENCRYPTED_FLAG = 0x1
_SMALL_MEMBER = 1 << 20
_LONGEST_PROLOG = 1 << 20
# What may stand before the root element beside a declaration.
_BESIDE = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.S)
_ROOT = re.compile(rb"<[^!?]")
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_ENCODINGS = frozenset({b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"ascii", b"gb2312", b"gbk", b"gb18030"})
# What zipfile, lxml, python-docx and openpyxl were seen to raise on damaged files, beside the errors of their own that their parsers
# name; lxml's syntax errors are SyntaxErrors.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
_DAMAGED = "文件已损坏或没有下载完整。请重新下载，或用 Office/WPS 打开后另存一份再导入。"


def check_archive(raw: RawDocument, limits: ReadingLimits) -> None:
    """Raises UnreadableDocument for a damaged, encrypted or exploding archive, and for XML that declares a document type.

    Office Open XML forbids document type declarations (ECMA-376 part 2, 10.1), so one means expanding or external entities.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw.content)) as archive:
            members = archive.infolist()
            _check_sizes(raw.name, members, limits)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    _check_declarations(raw.name, archive, member)
    except DAMAGE as error:
        raise UnreadableDocument(raw.name, _DAMAGED) from error


def _check_sizes(name: str, members: list[zipfile.ZipInfo], limits: ReadingLimits) -> None:
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise UnreadableDocument(name, "文件加了密码。请取消密码保护后重新导入。")
    if len(members) > limits.max_members:
        raise UnreadableDocument(name, f"文件里有{len(members)}个部分，数量异常，可能是恶意文件，没有读取。请核对文件来源。")
    large = [member for member in members if member.file_size > _SMALL_MEMBER]
    exploding = any(member.file_size > limits.max_unpack_ratio * max(member.compress_size, 1) for member in large)
    if exploding or sum(member.file_size for member in members) > limits.max_unpacked_bytes:
        raise UnreadableDocument(name, "解压后的内容异常庞大，可能是恶意文件，没有读取。请核对文件来源。")


def _check_declarations(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as stream:
        # Zero bytes go so that UTF-16 does not hide anything.
        head = stream.read(_LONGEST_PROLOG).replace(b"\x00", b"")
    encoding = _ENCODING.search(head[:200])
    root = _ROOT.search(prolog := _BESIDE.sub(b"", head))
    declares = b"<!DOCTYPE" in prolog[: root.start()] if root else bool(head.strip())
    # Other encodings could spell the declaration in other bytes.
    if declares or (encoding and encoding.group(1).lower() not in _ENCODINGS):
        raise UnreadableDocument(name, "文件里有不允许的实体声明，可能是恶意文件，没有读取。请核对文件来源。")
