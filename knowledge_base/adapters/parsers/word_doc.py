"""Read .doc with antiword or LibreOffice, whichever is installed, and .rtf with LibreOffice. Nothing here runs through a shell."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from knowledge_base.adapters.parsers.layout import join_paragraphs, table_row
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.adapters.parsers.signatures import FileKind, detect_kind
from knowledge_base.adapters.parsers.word_docx import DocxParser
from knowledge_base.errors import MissingReader, UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

_INSTALL = "在 Debian 上安装：apt install {package}；或者用 Word、WPS 另存为 .docx 后再导入。"
_PICTURE = "[pic]"
_LONGEST_NUMBER = 12
_NUMBERS_LOST = "文中有自动编号的段落，antiword 读不出这些编号，请核对原文；安装 libreoffice-writer 后重新导入可以读出。"


@dataclass(frozen=True, slots=True)
class _Line:
    """One paragraph or table row; `is_item` while the automatic number in front of it is missing."""

    text: str
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class DocParser:
    """`antiword` and `soffice` are names or paths of the programs.

    antiword reads in milliseconds but knows no automatic numbers; where LibreOffice is installed too, they are taken from it.
    """

    limits: ReadingLimits
    docx: DocxParser
    antiword: str = "antiword"
    soffice: str = "soffice"
    suffixes: frozenset[str] = frozenset({".doc", ".dot", ".wps", ".rtf"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        antiword = shutil.which(self.antiword) if detect_kind(raw.content) is FileKind.DOC else None
        soffice = shutil.which(self.soffice)
        if antiword is None and soffice is None:
            raise self._missing(raw)
        with tempfile.TemporaryDirectory(prefix="zhengwen-doc-") as folder:
            source = Path(folder) / ("source.rtf" if detect_kind(raw.content) is FileKind.RTF else "source.doc")
            source.write_bytes(raw.content)
            return self._read(raw, source, antiword, soffice)

    def _read(self, raw: RawDocument, source: Path, antiword: str | None, soffice: str | None) -> Iterable[ParsedText]:
        book = self._docbook(raw.name, antiword, source) if antiword else None
        if book is None and soffice is None:
            raise UnreadableDocument(raw.name, "antiword 读不了这个文件，可能已损坏或加了密码。请用 Word、WPS 打开后另存为 .docx 再导入。")
        if book is None:
            return self._converted(raw, str(soffice), source)
        lines = list(_lines(book))
        if soffice and any(line.is_item for line in lines):
            (other,) = self._converted(raw, soffice, source)
            lines = _with_numbers(lines, other.text.split("\n"))
        text = join_paragraphs(line.text for line in lines)
        if not text.strip():
            raise UnreadableDocument(raw.name, "文档里没有文字，可能只有图片。请提供文字版，或先做文字识别。")
        require_length(raw.name, text, self.limits)
        return (ParsedText(text, warnings=(_NUMBERS_LOST,) if any(line.is_item for line in lines) else ()),)

    def _missing(self, raw: RawDocument) -> MissingReader:
        if detect_kind(raw.content) is FileKind.RTF:
            return MissingReader(
                raw.name, "读取 RTF 文档需要 LibreOffice，这台机器上没有。" + _INSTALL.format(package="libreoffice-writer")
            )
        return MissingReader(raw.name, "读取 .doc 需要 antiword 或 LibreOffice，这台机器上都没有。" + _INSTALL.format(package="antiword"))

    def _docbook(self, name: str, program: str, source: Path) -> etree._Element | None:
        """antiword's DocBook output, where table cells and paragraphs are marked; None if it cannot read the file."""
        # The image level and the character map are stated so that the locale of the machine plays no part.
        done = self._run(name, [program, "-m", "UTF-8.txt", "-x", "db", str(source)], source.parent)
        if done.returncode != 0 or not done.stdout.strip():
            return None
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=True)
        root: etree._Element | None = etree.fromstring(done.stdout, parser)
        return root

    def _converted(self, raw: RawDocument, program: str, source: Path) -> Iterable[ParsedText]:
        """What LibreOffice makes of the file, read as .docx."""
        folder = source.parent
        # A profile of its own: LibreOffice refuses a second instance on the same profile, and $HOME may be read-only.
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        options = ["--headless", "--norestore", "--nolockcheck", "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out")]
        self._run(raw.name, [program, profile, *options, str(source)], folder)
        converted = folder / "out" / "source.docx"
        if not converted.exists():
            raise UnreadableDocument(
                raw.name, "LibreOffice 读不了这个文件，可能已损坏或加了密码。请用 Word、WPS 打开后另存为 .docx 再导入。"
            )
        return self.docx.parse(RawDocument(raw.name, converted.read_bytes(), raw.origin))

    def _run(self, name: str, command: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
        try:
            # The program is found by shutil.which, the only file name is our own, and no shell reads either.
            return subprocess.run(command, cwd=folder, capture_output=True, timeout=self.limits.program_timeout_s, check=False)  # noqa: S603
        except subprocess.TimeoutExpired as error:
            seconds = self.limits.program_timeout_s
            raise UnreadableDocument(name, f"{seconds}秒内没有读完。请用 Word、WPS 打开后另存为 .docx 再导入。") from error
        except OSError as error:
            raise MissingReader(name, f"读取程序 {Path(command[0]).name} 无法启动。" + _INSTALL.format(package="antiword")) from error


def _lines(node: etree._Element) -> Iterator[_Line]:
    """Paragraphs and table rows in reading order."""
    for child in node:
        if child.tag == "bookinfo":
            continue
        if child.tag == "row":
            yield _Line(table_row([_words(cell) for cell in child]))
        elif child.tag in {"para", "title"} and child.find(".//row") is None:
            yield _Line(_words(child).replace(_PICTURE, ""), is_item=node.tag == "listitem" and node.getparent().tag == "orderedlist")
        else:
            yield from _lines(child)


def _with_numbers(lines: Sequence[_Line], others: Sequence[str]) -> list[_Line]:
    """List items as in `others`, the reading that knows their numbers, wherever the words after the number agree."""
    numbered = []
    for line in lines:
        bare = "".join(line.text.split())
        found = (other for other in others if line.is_item and bare and "".join(other.split()).endswith(bare))
        best = next((other for other in found if len(other) - len(line.text) <= _LONGEST_NUMBER), None)
        numbered.append(_Line(best) if best else line)
    return numbered


def _words(node: etree._Element) -> str:
    return "".join(str(piece) for piece in node.itertext()).strip()
