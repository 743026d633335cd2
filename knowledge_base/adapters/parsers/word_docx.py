"""Read .docx: paragraphs with their automatic numbers, tables in place, text boxes and footnotes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from knowledge_base.adapters.parsers.archives import DAMAGE, check_archive
from knowledge_base.adapters.parsers.layout import join_paragraphs, table_row
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.adapters.parsers.word_numbering import ParagraphNumbers
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Deleted and moved-away text, properties, and the old-format twin of every text box.
_SKIPPED = frozenset({qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:sectPr"), _COMPATIBILITY + "Fallback"})
_CHARACTERS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-", qn("w:softHyphen"): ""}


@dataclass(frozen=True, slots=True)
class DocxParser:
    """The body in reading order, one paragraph a line, a table row as cells joined by " | ", notes at the end."""

    limits: ReadingLimits
    suffixes: frozenset[str] = frozenset({".docx", ".docm"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        check_archive(raw, self.limits)
        try:
            document = Document(io.BytesIO(raw.content))
            text = join_paragraphs(_BodyReader(document).lines())
        except (*DAMAGE, PackageNotFoundError) as error:
            raise UnreadableDocument(raw.name, "Word 文档已损坏。请用 Word 或 WPS 打开后另存为 .docx 再导入。") from error
        if not text.strip():
            raise UnreadableDocument(raw.name, "文档里没有文字，可能只有图片。请提供文字版，或先做文字识别。")
        require_length(raw.name, text, self.limits)
        return (ParsedText(text),)


class _BodyReader:
    """Walks the XML itself: python-docx leaves out text inside content controls, insertions and text boxes."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._numbers = ParagraphNumbers.of(document)
        self._notes: list[tuple[str, str]] = []

    def lines(self) -> Iterator[str]:
        yield from self._blocks(self._document.element.body)
        known = {kind: _note_texts(self._document, kind) for kind in ("footnote", "endnote")}
        for position, (kind, note_id) in enumerate(self._notes, start=1):
            yield f"注{position}：{known[kind].get(note_id, '')}"

    def _blocks(self, container: BaseOxmlElement) -> Iterator[str]:
        for child in container:
            if child.tag == qn("w:p"):
                yield from self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                yield from self._table(child)
            elif child.tag not in _SKIPPED and child.tag != qn("w:sdtPr"):
                yield from self._blocks(child)

    def _paragraph(self, paragraph: BaseOxmlElement) -> Iterator[str]:
        boxes: list[BaseOxmlElement] = []
        text = "".join(self._characters(paragraph, boxes))
        yield self._numbers.number(paragraph) + text if text.strip() else text
        for box in boxes:
            yield from self._blocks(box)

    def _characters(self, node: BaseOxmlElement, boxes: list[BaseOxmlElement]) -> Iterator[str]:
        for child in node:
            if child.tag in _SKIPPED:
                continue
            if child.tag == qn("w:t"):
                yield child.text or ""
            elif child.tag in _CHARACTERS:
                yield _CHARACTERS[child.tag]
            elif child.tag == qn("w:txbxContent"):
                boxes.append(child)
            elif child.tag in {qn("w:footnoteReference"), qn("w:endnoteReference")}:
                yield self._note_mark(child)
            else:
                yield from self._characters(child, boxes)

    def _note_mark(self, reference: BaseOxmlElement) -> str:
        kind = "footnote" if reference.tag == qn("w:footnoteReference") else "endnote"
        self._notes.append((kind, reference.get(qn("w:id"), "")))
        return f"〔注{len(self._notes)}〕"

    def _table(self, table: BaseOxmlElement) -> Iterator[str]:
        for row in _nested(table, qn("w:tr")):
            cells = ["\n".join(self._blocks(cell)) for cell in _nested(row, qn("w:tc")) if not _continues_above(cell)]
            # A table of one cell is a frame around ordinary paragraphs.
            yield cells[0] if len(cells) == 1 else table_row(cells)


def _nested(parent: BaseOxmlElement, tag: str) -> Iterator[BaseOxmlElement]:
    """Children of this tag, also those wrapped in content controls or tracked changes."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")}:
            yield from _nested(child, tag)


def _continues_above(cell: BaseOxmlElement) -> bool:
    merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
    return merge is not None and merge.get(qn("w:val"), "continue") == "continue"


def _note_texts(document: WordDocument, kind: str) -> dict[str, str]:
    relation = next((rel for rel in document.part.rels.values() if rel.reltype.endswith(f"/{kind}s") and not rel.is_external), None)
    if relation is None:
        return {}
    notes = parse_xml(relation.target_part.blob).findall(qn(f"w:{kind}"))
    return {note.get(qn("w:id"), ""): "".join(text.text or "" for text in note.iter(qn("w:t"))).strip() for note in notes}
