"""Refuse web pages whose tags are nested absurdly deep, before any parser sees them: parsers take time by the square of the depth."""

from __future__ import annotations

import re

from knowledge_base.errors import UnreadableDocument

_NESTING = re.compile(
    r"<(/?)(?:div|span|section|article|table|tbody|tr|td|ul|ol|dl|blockquote|font|b|i|u|em|strong|a|form|center|svg|g)\b", re.I
)
# Pages of bad editors reach a few hundred; 100,000 keep a parser busy for a minute.
_DEEPEST = 2000


def require_shallow(name: str, source: str) -> None:
    """Raises UnreadableDocument. Counts only tags that must be closed, so that a page of unclosed paragraphs is not taken for deep."""
    depth = 0
    for tag in _NESTING.finditer(source):
        depth = max(depth - 1, 0) if tag.group(1) else depth + 1
        if depth > _DEEPEST:
            raise UnreadableDocument(name, "网页的标签嵌套过深，没有读取。请在浏览器中打开后另存为文本或 PDF 再导入。")
