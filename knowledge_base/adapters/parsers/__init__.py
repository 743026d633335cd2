"""The parsers of every file format, one family a file."""

from __future__ import annotations

from knowledge_base.adapters.parsers.by_content import ParserByContent
from knowledge_base.adapters.parsers.html import HtmlParser, load_html_rules
from knowledge_base.adapters.parsers.json_lines import JsonLinesParser
from knowledge_base.adapters.parsers.limits import ReadingLimits, load_limits
from knowledge_base.adapters.parsers.markdown import MarkdownParser
from knowledge_base.adapters.parsers.metadata_hints import load_hint_names
from knowledge_base.adapters.parsers.pdf import PdfParser
from knowledge_base.adapters.parsers.plain_text import PlainTextParser
from knowledge_base.adapters.parsers.signatures import FileKind
from knowledge_base.adapters.parsers.tables import TableParser
from knowledge_base.adapters.parsers.word_doc import DocParser
from knowledge_base.adapters.parsers.word_docx import DocxParser
from knowledge_base.ports import DocumentParser

__all__ = ["default_parsers"]


def default_parsers(limits: ReadingLimits | None = None) -> tuple[DocumentParser, ...]:
    """A parser for every supported suffix; each also reads files of the other families that carry the wrong suffix."""
    limits = limits or load_limits()
    names = load_hint_names()
    html, pdf, docx = HtmlParser(limits, names, load_html_rules()), PdfParser(limits), DocxParser(limits)
    doc, table = DocParser(limits, docx), TableParser(limits, names)
    by_kind: dict[FileKind, DocumentParser] = {
        FileKind.HTML: html,
        FileKind.PDF: pdf,
        FileKind.DOCX: docx,
        FileKind.DOC: doc,
        FileKind.RTF: doc,
        FileKind.XLSX: table,
    }
    families: tuple[tuple[DocumentParser, frozenset[FileKind]], ...] = (
        (PlainTextParser(limits), frozenset({FileKind.TEXT})),
        (MarkdownParser(limits, names), frozenset({FileKind.TEXT})),
        (html, frozenset({FileKind.HTML, FileKind.TEXT})),
        (pdf, frozenset({FileKind.PDF})),
        (docx, frozenset({FileKind.DOCX})),
        (doc, frozenset({FileKind.DOC, FileKind.RTF})),
        (table, frozenset({FileKind.XLSX, FileKind.TEXT})),
        (JsonLinesParser(limits, names), frozenset({FileKind.TEXT, FileKind.GZIP})),
    )
    return tuple(ParserByContent(parser, kinds, by_kind, limits) for parser, kinds in families)
