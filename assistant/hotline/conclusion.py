"""Finds, among the provisions an answer cites, the few sentences that come nearest to the question. Word for word, exceptions included."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from assistant.models import Citation
from assistant.quotation import Span, is_continuation, is_list_item, leads_a_list, sentences
from assistant.steps.evidence_finder import coverage

_CELL = " | "
_ENDS = ("。", "；", "！", "？")


def nearest_sentences(citations: Sequence[Citation], terms: tuple[str, ...], following: int) -> tuple[str, ...]:
    """The best sentence of all quotes, what limits it, the 款 that leads a list, and up to `following` items of a list it leads.

    Headings and rows of tables only where there is nothing else; empty without citations.
    """
    candidates = [
        (citation.quote, spans, at) for citation in citations for spans in [sentences(citation.quote)] for at in range(len(spans))
    ]
    whole = [found for found in candidates if _is_whole(_words(found[0], found[1][found[2]]))] or candidates
    if not whole:
        return ()
    quote, spans, best = max(whole, key=lambda found: coverage(terms, _words(found[0], found[1][found[2]])))
    return tuple(_words(quote, spans[at]) for at in _with_what_belongs(quote, spans, best, following))


def _with_what_belongs(quote: str, spans: tuple[Span, ...], best: int, following: int) -> list[int]:
    first = best
    while first > 0 and is_continuation(quote, spans[first]):
        first -= 1
    before = [at for at in range(first) if leads_a_list(quote, spans[at])][-1:] if is_list_item(quote, spans[first]) else []
    after = list(takewhile(lambda at: is_continuation(quote, spans[at]), range(best + 1, len(spans))))
    if leads_a_list(quote, spans[best]):
        after = list(takewhile(lambda at: is_list_item(quote, spans[at]), range(best + 1, len(spans))))[:following]
    return [*before, *range(first, best + 1), *after]


def _is_whole(words: str) -> bool:
    return _CELL not in words and words.endswith((*_ENDS, "：", ":"))


def _words(quote: str, span: Span) -> str:
    return quote[span.start : span.end]
