"""What is read of a message: the title and the text, each on its own, or both as one. Changes no meaning, counts nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Spreadsheets write a carriage return like this when they are exported.
_BLANKS = re.compile(r"(?:_x000D_|\s)+", re.IGNORECASE)


def read_views(messages: Sequence[tuple[str, str]], *, titled: bool, max_characters: int) -> tuple[list[str], ...]:
    """Columns of texts, one per view, for (title, text) pairs: titles and texts where `titled`, else one column of both joined.

    A message without a title is read as its own title, one without a text as its own text, so that no view is ever blank for want of one.
    """
    clean = [(_clean(title, max_characters), _clean(text, max_characters)) for title, text in messages]
    if not titled:
        return ([f"{title} {text}".strip()[:max_characters] for title, text in clean],)
    return [title or text for title, text in clean], [text or title for title, text in clean]


def _clean(text: str, max_characters: int) -> str:
    # Cut first, so that a letter of a megabyte costs no more than a long one. Halves of broken characters are no text to an embedder.
    whole = text[: 2 * max_characters].encode("utf-8", "ignore").decode("utf-8")
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", whole)).strip().lower()[:max_characters]
