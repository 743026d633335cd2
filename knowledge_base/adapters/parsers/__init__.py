"""The parsers of every file format, one family a file. Importing this package loads none of them: each brings a library of its own."""

from __future__ import annotations

from collections.abc import Callable

from knowledge_base.adapters.parsers.limits import ReadingLimits, load_limits
from knowledge_base.adapters.parsers.page_recognition import PageRecogniser
from knowledge_base.adapters.parsers.rapid_recogniser import usable_recogniser
from knowledge_base.ports import DocumentParser

__all__ = ["default_parsers"]


def default_parsers(
    limits: ReadingLimits | None = None,
    recogniser: PageRecogniser | None = None,
    on_page: Callable[[int, int], None] | None = None,
) -> tuple[DocumentParser, ...]:
    """A parser for every supported suffix; each also reads files of the other families that carry the wrong suffix.

    `recogniser` reads pages that are pictures; None takes the installed one. `on_page` is told (pages read, pages) of a long file.
    """
    # Whoever imports one parser must not load the shelf of all.
    from knowledge_base.adapters.parsers.families import parsers_by_content  # noqa: PLC0415

    limits = limits or load_limits()
    return parsers_by_content(limits, recogniser or usable_recogniser(limits), on_page or _unheard)


def _unheard(_done: int, _total: int) -> None:
    return None
