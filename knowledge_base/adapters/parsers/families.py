"""Which parser reads which suffixes and which kinds of content. Each is imported when it is first needed: a child reads one file only."""

# Loading on first use is what this module is for.
# ruff: noqa: PLC0415
from __future__ import annotations

from collections.abc import Callable

from knowledge_base.adapters.parsers.by_content import ParserByContent
from knowledge_base.adapters.parsers.deferred import DeferredParser
from knowledge_base.adapters.parsers.limits import ReadingLimits
from knowledge_base.adapters.parsers.metadata_hints import load_hint_names
from knowledge_base.adapters.parsers.page_recognition import PageRecogniser
from knowledge_base.adapters.parsers.signatures import FileKind
from knowledge_base.ports import DocumentParser

SUFFIXES = {
    "text": frozenset({".txt", ".text"}),
    "markdown": frozenset({".md", ".markdown"}),
    "html": frozenset({".html", ".htm", ".shtml", ".xhtml"}),
    "pdf": frozenset({".pdf"}),
    "docx": frozenset({".docx", ".docm"}),
    "doc": frozenset({".doc", ".dot", ".wps", ".rtf"}),
    "table": frozenset({".xlsx", ".xlsm", ".csv", ".tsv"}),
    "json_lines": frozenset({".jsonl", ".jsonl.gz"}),
    "picture": frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"}),
}
_OWN_KINDS = {
    "text": {FileKind.TEXT},
    "markdown": {FileKind.TEXT},
    "html": {FileKind.HTML, FileKind.TEXT},
    "pdf": {FileKind.PDF},
    "docx": {FileKind.DOCX},
    "doc": {FileKind.DOC, FileKind.RTF},
    "table": {FileKind.XLSX, FileKind.TEXT},
    "json_lines": {FileKind.TEXT, FileKind.GZIP},
    "picture": {FileKind.IMAGE},
}
_READER_OF = {
    FileKind.HTML: "html",
    FileKind.PDF: "pdf",
    FileKind.DOCX: "docx",
    FileKind.DOC: "doc",
    FileKind.RTF: "doc",
    FileKind.XLSX: "table",
    FileKind.IMAGE: "picture",
}


def parsers_by_content(
    limits: ReadingLimits, recogniser: PageRecogniser, on_page: Callable[[int, int], None]
) -> tuple[DocumentParser, ...]:
    """See `default_parsers`."""
    loaders = _loaders(limits, recogniser, on_page)
    deferred = {family: DeferredParser(loaders[family], suffixes) for family, suffixes in SUFFIXES.items()}
    others: dict[FileKind, DocumentParser] = {kind: deferred[family] for kind, family in _READER_OF.items()}
    return tuple(ParserByContent(parser, frozenset(_OWN_KINDS[family]), others, limits) for family, parser in deferred.items())


def _loaders(
    limits: ReadingLimits, recogniser: PageRecogniser, on_page: Callable[[int, int], None]
) -> dict[str, Callable[[], DocumentParser]]:
    return {
        "text": lambda: _text(limits),
        "markdown": lambda: _markdown(limits),
        "html": lambda: _html(limits),
        "pdf": lambda: _pdf(limits, recogniser, on_page),
        "docx": lambda: _docx(limits),
        "doc": lambda: _doc(limits),
        "table": lambda: _table(limits),
        "json_lines": lambda: _json_lines(limits),
        "picture": lambda: _picture(limits, recogniser, on_page),
    }


def _text(limits: ReadingLimits) -> DocumentParser:
    from knowledge_base.adapters.parsers.plain_text import PlainTextParser

    return PlainTextParser(limits)


def _markdown(limits: ReadingLimits) -> DocumentParser:
    from knowledge_base.adapters.parsers.markdown import MarkdownParser

    return MarkdownParser(limits, load_hint_names())


def _html(limits: ReadingLimits) -> DocumentParser:
    from knowledge_base.adapters.parsers.html import HtmlParser, load_html_rules

    return HtmlParser(limits, load_hint_names(), load_html_rules())


def _pdf(limits: ReadingLimits, recogniser: PageRecogniser, on_page: Callable[[int, int], None]) -> DocumentParser:
    from knowledge_base.adapters.parsers.pdf import PdfParser

    return PdfParser(limits, recogniser, on_page)


def _docx(limits: ReadingLimits) -> DocumentParser:
    from knowledge_base.adapters.parsers.word_docx import DocxParser

    return DocxParser(limits)


def _doc(limits: ReadingLimits) -> DocumentParser:
    from knowledge_base.adapters.parsers.word_doc import DocParser
    from knowledge_base.adapters.parsers.word_docx import DocxParser

    return DocParser(limits, DocxParser(limits))


def _table(limits: ReadingLimits) -> DocumentParser:
    from knowledge_base.adapters.parsers.tables import TableParser

    return TableParser(limits, load_hint_names())


def _json_lines(limits: ReadingLimits) -> DocumentParser:
    from knowledge_base.adapters.parsers.json_lines import JsonLinesParser

    return JsonLinesParser(limits, load_hint_names())


def _picture(limits: ReadingLimits, recogniser: PageRecogniser, on_page: Callable[[int, int], None]) -> DocumentParser:
    from knowledge_base.adapters.parsers.pictures import PictureParser

    return PictureParser(limits, recogniser, on_page)
