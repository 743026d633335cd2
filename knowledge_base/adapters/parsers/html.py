"""Read web pages: the article's text with its tables, the title, and what the page states about publication."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from knowledge_base.adapters.parsers.layout import clean, join_paragraphs, table_row
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.adapters.parsers.metadata_hints import HintNames, normal_value, stated_fields
from knowledge_base.adapters.parsers.page_depth import require_shallow
from knowledge_base.adapters.parsers.text_decoding import decode_chinese
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

HTML_RULES_FILE = Path(__file__).with_name("html_rules.toml")
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_SITE_SUFFIX = re.compile(r"\s*[-_—|–]+\s*[^-_—|–]{2,30}$")
_FACTS = frozenset({"document_number", "issuing_authorities", "signed_on", "published_on", "effective_on"})


@dataclass(frozen=True, slots=True)
class HtmlRules:
    """CSS selectors of article containers, selectors of what is left out, and tags that end a line."""

    containers: tuple[str, ...]
    removed: tuple[str, ...]
    blocks: frozenset[str]
    fewest_characters: int


def load_html_rules(path: Path = HTML_RULES_FILE) -> HtmlRules:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return HtmlRules(tuple(table["containers"]), tuple(table["removed"]), frozenset(table["blocks"]), table["fewest_characters"])


@dataclass(frozen=True, slots=True)
class HtmlParser:
    """A known container first; where the page has none, trafilatura finds the article; at last the whole body."""

    limits: ReadingLimits
    names: HintNames
    rules: HtmlRules
    suffixes: frozenset[str] = frozenset({".html", ".htm", ".shtml", ".xhtml"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        source, warnings = decode_page(raw)
        require_shallow(raw.name, source)
        page = LexborHTMLParser(source)
        hints = self._stated(page)
        title = hints.get("title") or _title(page)
        try:
            text = self._article(page, source)
        except RecursionError as error:
            raise UnreadableDocument(raw.name, "网页的标签嵌套过深，没有读取。请在浏览器中打开后另存为文本或 PDF 再导入。") from error
        if not text.strip():
            raise UnreadableDocument(raw.name, "网页里没有正文，内容可能由脚本加载。请在浏览器中打开后另存为文本或 PDF 再导入。")
        require_length(raw.name, text, self.limits)
        return (ParsedText(text, title, hints=hints, warnings=warnings),)

    def _article(self, page: LexborHTMLParser, source: str) -> str:
        page.strip_tags(list(self.rules.removed))
        for selector in self.rules.containers:
            text = "\n".join(self._render(node) for node in page.css(selector))
            if len(text.strip()) >= self.rules.fewest_characters:
                return text
        import trafilatura  # noqa: PLC0415 - takes as long to load as the rest together, and most government pages have a known container

        found = trafilatura.extract(
            source, output_format="html", include_tables=True, include_comments=False, favor_recall=True, deduplicate=False
        )
        main = self._render(LexborHTMLParser(found).body) if found else ""
        whole = self._render(page.body)
        # An extractor that keeps less than half has taken the article for furniture; losing text is worse than a stray menu.
        return main if len(main) >= max(self.rules.fewest_characters, len(whole) / 2) else whole

    def _render(self, node: LexborNode | None) -> str:
        return join_paragraphs(_squeezed("".join(self._pieces(node)))) if node is not None else ""

    def _pieces(self, node: LexborNode) -> Iterator[str]:
        if node.is_text_node:
            yield _SPACES.sub(" ", node.text_content or "")
        elif node.tag == "br":
            yield "\n"
        elif node.tag == "table":
            yield "\n" + "\n".join(self._rows(node)) + "\n"
        else:
            ends_line = node.tag in self.rules.blocks
            yield "\n" if ends_line else ""
            yield _item_number(node)
            for child in node.iter(include_text=True):
                yield from self._pieces(child)
            yield "\n" if ends_line else ""

    def _rows(self, table: LexborNode) -> Iterator[str]:
        for part in table.iter():
            if part.tag == "tr":
                cells = ["".join(self._render(cell)) for cell in part.iter() if cell.tag in {"td", "th"}]
                yield cells[0] if len(cells) == 1 else table_row(cells)
            elif part.tag in {"thead", "tbody", "tfoot"}:
                yield from self._rows(part)
            elif part.tag == "caption":
                yield self._render(part)

    def _stated(self, page: LexborHTMLParser) -> dict[str, str]:
        """From <meta> tags, then from the table of facts above the article (索引号、发文机关、发文字号 …)."""
        hints: dict[str, str] = {}
        for meta in page.css("meta[content]"):
            name = meta.attributes.get("name") or meta.attributes.get("property") or ""
            field, value = self.names.web_field_of(name), (meta.attributes.get("content") or "").strip()
            if field and value and self._credible(field, value):
                hints.setdefault(field, normal_value(field, value))
        for field, value in self._fact_table(page).items():
            hints.setdefault(field, value)
        return {field: value for field, value in hints.items() if value}

    def _credible(self, field: str, value: str) -> bool:
        return field != "issuing_authorities" or value.endswith(self.names.authority_endings)

    def _fact_table(self, page: LexborHTMLParser) -> dict[str, str]:
        facts: dict[str, object] = {}
        for row in page.css("tr"):
            cells = [" ".join((cell.text() or "").split()) for cell in row.iter() if cell.tag in {"td", "th"}]
            for label, value in zip(cells[::2], cells[1::2], strict=False):
                if self.names.field_of(label) in _FACTS and value:
                    facts.setdefault(label, value)
        return stated_fields(facts, self.names).hints


def decode_page(raw: RawDocument) -> tuple[str, tuple[str, ...]]:
    """The charset the page declares, if its bytes agree; otherwise as any text."""
    declared = _CHARSET.search(raw.content[:4096])
    if declared:
        charset = declared.group(1).decode("ascii").lower()
        try:
            return clean(raw.content.decode("gb18030" if charset in {"gb2312", "gbk"} else charset)), ()
        except (LookupError, UnicodeDecodeError):
            pass
    decoded = decode_chinese(raw.name, raw.content)
    return clean(decoded.text), decoded.warnings


def _title(page: LexborHTMLParser) -> str | None:
    heading, tag = page.css_first("h1"), page.css_first("title")
    if heading is not None and (text := " ".join(heading.text().split())):
        return text
    text = " ".join(tag.text().split()) if tag is not None else ""
    return _SITE_SUFFIX.sub("", text) or None


def _item_number(node: LexborNode) -> str:
    """The number a browser shows before an item of an ordered list."""
    if node.tag != "li" or node.parent is None:
        return ""
    if node.parent.tag != "ol":
        return "• "
    place, before = 0, node.prev
    while before is not None:
        place, before = place + (before.tag == "li"), before.prev
    start = node.parent.attributes.get("start") or "1"
    return f"{place + (int(start) if start.isdigit() else 1)}. "


def _squeezed(text: str) -> list[str]:
    """Lines without the blanks HTML ignores; the two-character indent of a paragraph goes too."""
    return [line.strip(" \u00a0\u3000") for line in text.replace("\u00a0", " ").split("\n") if line.strip(" \u00a0\u3000")]
