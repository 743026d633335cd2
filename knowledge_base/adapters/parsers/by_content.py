"""Read each file by what it is: a wrong extension is noticed, and read all the same or refused with advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from knowledge_base.adapters.parsers.limits import ReadingLimits
from knowledge_base.adapters.parsers.signatures import FileKind, detect_kind
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument
from knowledge_base.ports import DocumentParser

_REFUSALS = {
    FileKind.ENCRYPTED: "文件加了密码。请取消密码保护后重新导入。",
    FileKind.XLS: "这是旧版 Excel 表格（.xls）。请用 Excel 或 WPS 另存为 .xlsx 后再导入。",
    FileKind.OFD: "这是 OFD 版式文件，暂不能读取。请用 OFD 阅读器导出为 PDF 或文本后再导入。",
    FileKind.ODF: "这是 OpenDocument 文件，暂不能读取。请另存为 .docx 或 .xlsx 后再导入。",
    FileKind.MHTML: "这是单个文件网页（.mht）。请用浏览器打开后另存为网页或 PDF 再导入。",
    FileKind.ZIP: "这是压缩包。请解压后导入里面的文件。",
    FileKind.SVG: "这是 SVG 图形，不是政策文件。请提供 Word、PDF 或网页格式的正文。",
    FileKind.POLYGLOT: "文件同时符合几种格式，可能是恶意文件，没有读取。请核对文件来源，用原来的软件另存一份再导入。",
    FileKind.UNKNOWN_OLE: "认不出这种旧版 Office 文件，可能已损坏。请用 Office 或 WPS 打开后另存为新格式再导入。",
    FileKind.DAMAGED_ZIP: "文件已损坏或没有下载完整。请重新下载，或用 Office/WPS 打开后另存一份再导入。",
}


@dataclass(frozen=True, slots=True)
class ParserByContent:
    """Stands in front of the parser of one family. `kinds` are what that parser reads itself, `others` who reads the rest."""

    parser: DocumentParser
    kinds: frozenset[FileKind]
    others: Mapping[FileKind, DocumentParser]
    limits: ReadingLimits

    @property
    def suffixes(self) -> frozenset[str]:
        return self.parser.suffixes

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        if not raw.content.strip(b"\x00 \t\r\n"):
            raise UnreadableDocument(raw.name, "文件是空的（没有内容）。请检查是否下载或上传完整。")
        if len(raw.content) > self.limits.max_bytes:
            raise UnreadableDocument(raw.name, f"文件超过{self.limits.max_bytes >> 20}兆字节的上限。请拆成几个文件后重新导入。")
        kind = detect_kind(raw.content)
        if kind in self.kinds:
            return self.parser.parse(raw)
        if kind in _REFUSALS:
            raise UnreadableDocument(raw.name, _REFUSALS[kind])
        if kind is FileKind.TEXT or kind not in self.others:
            raise UnreadableDocument(raw.name, f"扩展名与内容不符，内容像是{kind.value}，可能已损坏。请核对后改正扩展名再导入。")
        return _with_warning(self.others[kind].parse(raw), f"扩展名与内容不符，已按{kind.value}读取。")


def _with_warning(texts: Iterable[ParsedText], warning: str) -> Iterator[ParsedText]:
    for text in texts:
        yield replace(text, warnings=(warning, *text.warnings))
