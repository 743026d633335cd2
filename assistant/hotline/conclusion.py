"""Finds, among the provisions an answer cites, the few sentences that come nearest to the question. Word for word, exceptions included."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from assistant.hotline.desk_rules import ConclusionRules
from assistant.models import Citation
from assistant.quotation import Span, is_continuation, is_list_item, leads_a_list, sentences
from assistant.steps.evidence_finder import coverage

_CELL = " | "
_ENDS = ("。", "；", "！", "？", "：", ":")
_NUMBER = re.compile(r"\d|(?<!第)[一二三四五六七八九十百千万]+(?=[元天日年月岁倍%％个])")


def nearest_sentences(citations: Sequence[Citation], question: str, terms: tuple[str, ...], rules: ConclusionRules) -> tuple[str, ...]:
    """The best sentence of all quotes, what limits it, the 款 that leads a list, and some items of a list it leads.

    Headings and rows of tables only where there is nothing else; empty without citations. `terms` are the words of the question's subject.
    """
    candidates = [(place, citation.quote, span) for place, citation in enumerate(citations) for span in sentences(citation.quote)]
    telling = [found for found in candidates if _tells(_words(*found[1:]), rules)] or candidates
    if not telling:
        return ()
    asks_amount = bool(rules.asks_amount.search(question))

    def fit(found: tuple[int, str, Span]) -> float:
        place, quote, span = found
        words = _words(quote, span)
        bonus = rules.amount_bonus if asks_amount and _NUMBER.search(words) else 0.0
        return coverage(terms, words) + bonus - rules.place_step * place

    _, quote, nearest = max(telling, key=fit)
    spans = sentences(quote)
    return tuple(_words(quote, spans[at]) for at in _with_what_belongs(quote, spans, spans.index(nearest), rules.items))


def _with_what_belongs(quote: str, spans: tuple[Span, ...], best: int, items: int) -> list[int]:
    first = last = best
    while first > 0 and _goes_with(quote, spans[first - 1], spans[first]):
        first -= 1
    while last + 1 < len(spans) and _goes_with(quote, spans[last], spans[last + 1]):
        last += 1
    before = [at for at in range(first) if leads_a_list(quote, spans[at])][-1:] if is_list_item(quote, spans[first]) else []
    listed = takewhile(lambda at: is_list_item(quote, spans[at]), range(last + 1, len(spans)))
    return [*before, *range(first, last + 1), *(list(listed)[:items] if leads_a_list(quote, spans[last]) else [])]


def _goes_with(quote: str, one: Span, following: Span) -> bool:
    """True for an exception, and for the halves of one sentence on either side of a semicolon."""
    halves = _words(quote, one).endswith("；") and not is_list_item(quote, one) and not is_list_item(quote, following)
    return halves or is_continuation(quote, following)


def _tells(words: str, rules: ConclusionRules) -> bool:
    return _CELL not in words and words.endswith(_ENDS) and not rules.says_nothing.search(words)


def _words(quote: str, span: Span) -> str:
    return quote[span.start : span.end]
