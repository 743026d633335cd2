"""Read Markdown: front matter becomes hints, marks of formatting disappear, headings, lists and tables stay readable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge_base.adapters.parsers.layout import clean, join_paragraphs, table_row
from knowledge_base.adapters.parsers.limits import ReadingLimits, require_length
from knowledge_base.adapters.parsers.metadata_hints import HintNames, stated_fields
from knowledge_base.adapters.parsers.text_decoding import decode_chinese
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import ParsedText, RawDocument

# What is code, not text.
_UNREAD = ("script", "style", "noscript", "template", "svg", "iframe", "object")
_UNREAD_TAG = re.compile(rf"<(/?)({'|'.join(_UNREAD)})\b", re.I)


@dataclass(frozen=True, slots=True)
class MarkdownParser:
    """One text a file. The title is the stated one, else the first heading of the first level."""

    limits: ReadingLimits
    names: HintNames
    suffixes: frozenset[str] = frozenset({".md", ".markdown"})

    def parse(self, raw: RawDocument) -> Iterable[ParsedText]:
        decoded = decode_chinese(raw.name, raw.content)
        try:
            entries, body = frontmatter.parse(clean(decoded.text).lstrip(), handler=_PlainYaml())
        except yaml.YAMLError as error:
            raise UnreadableDocument(raw.name, f"文件开头的说明（YAML）写得不对：{_place(error)}。请改正后重新导入。") from error
        stated = stated_fields(entries, self.names)
        lines, heading = _PlainLines().render(body)
        text = join_paragraphs(lines)
        require_length(raw.name, text, self.limits)
        title = stated.hints.get("title") or heading
        return (ParsedText(text, title, stated.hints.get("id"), stated.hints, decoded.warnings + stated.warnings),)


class _PlainYaml(YAMLHandler):
    """Refuses aliases: nine short lines of them expand to gigabytes, and no front matter needs one."""

    def load(self, fm: str, **options: object) -> Any:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(fm)):
            raise yaml.YAMLError("aliases are not read")
        return super().load(fm, **options)


@dataclass(slots=True)
class _PlainLines:
    """Walks the tokens once. Order of the source is kept; ordered items keep the number as written."""

    lines: list[str] = field(default_factory=list)
    heading: str | None = None
    _markers: list[str] = field(default_factory=list)
    _row: list[str] | None = None
    _pending: str = ""

    def render(self, body: str) -> tuple[list[str], str | None]:
        tokens = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(body)
        for position, token in enumerate(tokens):
            self._take(token, tokens[position - 1] if position else None)
        return self.lines, self.heading

    def _take(self, token: Token, before: Token | None) -> None:
        match token.type:
            case "list_item_open":
                self._pending = "  " * (token.level // 2) + (f"{token.info}{token.markup} " if token.info else "• ")
            case "tr_open":
                self._row = []
            case "tr_close":
                self.lines.append(table_row(self._row or []))
                self._row = None
            case "inline":
                self._take_inline(_inline_text(token.children or []), before)
            case "fence" | "code_block" | "html_block":
                self.lines.append(token.content.rstrip("\n") if token.type != "html_block" else _without_tags(token.content))
            case "paragraph_close" | "heading_close" | "table_close" if not token.hidden:
                self.lines.append("")

    def _take_inline(self, text: str, before: Token | None) -> None:
        if self._row is not None:
            self._row.append(text)
            return
        if before is not None and before.type == "heading_open" and before.tag == "h1":
            self.heading = self.heading or text
        self.lines.append(self._pending + text)
        self._pending = ""


def _inline_text(tokens: Sequence[Token]) -> str:
    parts = []
    unread = ""
    for token in tokens:
        if token.type == "html_inline" and (mark := _UNREAD_TAG.match(token.content)):
            unread = "" if mark.group(1) else mark.group(2)
        elif unread:
            continue
        elif token.type in {"text", "code_inline"}:
            parts.append(token.content)
        elif token.type in {"softbreak", "hardbreak"}:
            parts.append("\n")
        elif token.type == "image":
            parts.append(token.content)
        elif token.type == "html_inline" and token.content.lower().startswith("<br"):
            parts.append("\n")
    return "".join(parts)


def _without_tags(block: str) -> str:
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - only the rare file with raw HTML pays for it

    page = LexborHTMLParser(block)
    page.strip_tags(list(_UNREAD))
    return page.text(separator="\n").strip()


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"第{mark.line + 1}行" if mark else "格式有误"
