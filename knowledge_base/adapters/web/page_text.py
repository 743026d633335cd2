"""The digest of what a page says, without what changes by itself: counters, dates and tools of the frame."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from knowledge_base.adapters.web.web_rules import WebRules
from knowledge_base.errors import UnreadableDocument
from knowledge_base.models import RawDocument
from knowledge_base.ports import DocumentParser


def page_text(parser: DocumentParser, rules: WebRules, raw: RawDocument) -> tuple[str, str]:
    """(SHA-256 of the article's text, title); ("", "") where no text can be read."""
    try:
        texts = list(parser.parse(raw))
    except UnreadableDocument:
        return "", ""
    lines = [line for text in texts for line in _said(text.text.splitlines(), rules)]
    title = next((text.title for text in texts if text.title), "") or ""
    return (hashlib.sha256("\n".join(lines).encode()).hexdigest(), title) if lines else ("", title)


def _said(lines: Iterable[str], rules: WebRules) -> Iterable[str]:
    for line in lines:
        plain = " ".join(line.split())
        if plain and (len(plain) > rules.longest_frame_line or not rules.frame_line.search(plain)):
            yield plain
