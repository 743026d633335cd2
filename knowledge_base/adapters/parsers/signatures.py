"""Tell what a file really is from its first bytes, whatever its name says."""

from __future__ import annotations

import io
import re
import zipfile
from enum import StrEnum


class FileKind(StrEnum):
    """What the content is; the value is how it is called to people."""

    TEXT = "纯文本"
    HTML = "网页"
    PDF = "PDF"
    DOCX = "Word 文档（docx）"
    XLSX = "Excel 表格（xlsx）"
    DOC = "旧版 Word 文档（doc）"
    RTF = "RTF 文档"
    GZIP = "gzip 压缩文件"
    ENCRYPTED = "加密的 Office 文件"
    XLS = "旧版 Excel 表格（xls）"
    OFD = "OFD 版式文件"
    ODF = "OpenDocument 文件"
    MHTML = "单个文件网页（mht）"
    ZIP = "压缩包"
    IMAGE = "图片"
    SVG = "SVG 图形"
    POLYGLOT = "几种格式拼在一起的文件"
    UNKNOWN_OLE = "无法识别的旧版 Office 文件"
    DAMAGED_ZIP = "损坏的压缩文件"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PREFIXES = ((b"{\\rtf", FileKind.RTF), (b"\x1f\x8b", FileKind.GZIP))
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
# Names of the streams in an OLE directory are UTF-16; the most telling first, since a Word file may embed a workbook.
_OLE_STREAMS = (("EncryptedPackage", FileKind.ENCRYPTED), ("WordDocument", FileKind.DOC), ("Workbook", FileKind.XLS))
_BEFORE_ROOT = rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
_HTML_TAGS = rb"<(?:!doctype\s+html|html|head|body|meta|script|style|link|title|iframe|object|embed)\b"
_HTML_START = re.compile(_BEFORE_ROOT + _HTML_TAGS, re.I | re.S)
_SVG_START = re.compile(_BEFORE_ROOT + rb"(?:<!doctype\s+svg[^>]{0,500}>\s*)?<svg\b", re.I | re.S)
_WHOLE_FILES = frozenset({FileKind.IMAGE, FileKind.GZIP, FileKind.HTML, FileKind.SVG, FileKind.RTF})
_PDF = b"%PDF-"
_ZIP_START, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_ZIP_END_BYTES, _LONGEST_ZIP_COMMENT = 22, 0xFFFF


def detect_kind(content: bytes) -> FileKind:
    """The kind of a non-empty file; TEXT where nothing says otherwise. One that two programs would take for two formats is a POLYGLOT."""
    kind = _first_kind(content)
    if kind is FileKind.ZIP:
        # Its first file may be a PDF stored as it is.
        return kind
    # PDF may begin anywhere in the first 1024 bytes (ISO 32000-1, annex H.3.4.1), and a zip is read from its end.
    is_pdf, is_zip = _PDF in content[:1024], content.startswith(_ZIP_START) or _ends_as_zip(content)
    if is_pdf + is_zip + (kind in _WHOLE_FILES) > 1 or (is_zip and kind is FileKind.TEXT):
        return FileKind.POLYGLOT
    return FileKind.PDF if is_pdf else kind


def _ends_as_zip(content: bytes) -> bool:
    """True if the last record of a zip closes the file exactly, its comment included."""
    start = content.rfind(_ZIP_END, -_LONGEST_ZIP_COMMENT - _ZIP_END_BYTES)
    if start < 0 or len(content) - start < _ZIP_END_BYTES:
        return False
    return start + _ZIP_END_BYTES + int.from_bytes(content[start + 20 : start + 22], "little") == len(content)


def _first_kind(content: bytes) -> FileKind:
    """What the first bytes say, PDF left aside."""
    head = content[:4096]
    if head.startswith(_ZIP_START):
        return _zip_kind(content)
    if head.startswith(_OLE):
        return _ole_kind(content)
    if head.startswith(_IMAGES):
        return FileKind.IMAGE
    for prefix, kind in _PREFIXES:
        if head.startswith(prefix):
            return kind
    return _text_kind(head)


def _text_kind(head: bytes) -> FileKind:
    # UTF-16 carries a zero byte beside each ASCII one; dropping them shows the tags.
    plain = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\x00", b"")
    if plain[:512].lower().startswith(b"mime-version:") or b"\nContent-Type: multipart/related" in plain[:1024]:
        return FileKind.MHTML
    if _SVG_START.match(plain):
        return FileKind.SVG
    return FileKind.HTML if _HTML_START.match(plain) else FileKind.TEXT


def _ole_kind(content: bytes) -> FileKind:
    return next((kind for stream, kind in _OLE_STREAMS if stream.encode("utf-16-le") in content), FileKind.UNKNOWN_OLE)


def _zip_kind(content: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return FileKind.DAMAGED_ZIP
    if any(name.startswith("word/") for name in names):
        return FileKind.DOCX
    if any(name.startswith("xl/") for name in names):
        return FileKind.XLSX
    if "OFD.xml" in names:
        return FileKind.OFD
    return FileKind.ODF if "mimetype" in names else FileKind.ZIP
