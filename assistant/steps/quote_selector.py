"""Choose which whole sentences of the evidence to quote, within a budget of characters. Knows spans and scores, not answers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.models import AcceptedPassage
from assistant.quotation import Span, sentences
from assistant.rules import QuotingRules
from assistant.steps.citations import read_together
from assistant.steps.quote_completion import completed

_HELP = 0.3
_IN_TITLE = 0.3
"""What the title says is said of the whole document: it tells its sentences apart but little."""


@dataclass(frozen=True, slots=True)
class Quote:
    """`spans` are runs of whole sentences of the source's text, in order; a list's lead-in may stand apart from its items.

    The source's text is that of the edition, the passage's own where it has none. `items` is how many 项 the list has of which only a
    part is quoted, 0 where all is.
    """

    source: AcceptedPassage
    spans: tuple[Span, ...]
    score: float
    items: int = 0

    @property
    def length(self) -> int:
        return sum(span.length for span in self.spans)


@dataclass(frozen=True, slots=True)
class _Source:
    """A passage in the text it was cut from. `bounds` hold it and what may be read with it: its 条, or the document where it has none."""

    item: AcceptedPassage
    text: str
    own: Span
    bounds: Span


@dataclass(frozen=True, slots=True)
class QuoteSelector:
    rules: QuotingRules

    def select(self, terms: Sequence[str], evidence: Sequence[AcceptedPassage], helping: Sequence[str] = ()) -> tuple[Quote, ...]:
        """Best first, together about `max_characters`; what must be read with a quote may bring them up to `whole_characters`.

        The order is that of the search, which has read the whole passages. `terms` name the matter; `helping` words are common in
        provisions; both only tell apart the sentences of a passage that is too long to be quoted whole.
        """
        candidates = [source_of(item) for item in evidence[: self.rules.candidate_passages]]
        weights = _term_weights(helping, candidates, _HELP) | _term_weights(terms, candidates)
        best = max((source.item.ranked.score for source in candidates), default=0.0) or 1.0
        chosen: list[Quote] = []
        for source in candidates:
            relative = source.item.ranked.score / best
            if chosen and (len(chosen) == self.rules.max_quotes or relative < self.rules.min_relative_score):
                break
            if not _is_shown(source, chosen):
                chosen += self._quoted(source, weights, chosen, relative)
        return self._with_what_follows(chosen)

    def whole(self, item: AcceptedPassage) -> Quote:
        """The passage with what must be read with it."""
        source = source_of(item)
        read = completed(source.text, source.bounds, _best_run(source, {}, self.rules.max_characters), self.rules.whole_characters)
        return Quote(item, read.spans, 0.0, read.items)

    def _quoted(self, source: _Source, weights: Mapping[str, float], chosen: Sequence[Quote], relative: float) -> list[Quote]:
        """The best of the passage together with what must be read with it; a further quote only where both fit."""
        room = self.rules.max_characters - sum(quote.length for quote in chosen)
        if not chosen:
            read = completed(source.text, source.bounds, _best_run(source, weights, room), self.rules.whole_characters)
            return [Quote(source.item, read.spans, relative, read.items)]
        if len(chosen) == 1 and relative >= self.rules.equal_from:
            room += self.rules.equal_characters
        if room < self.rules.min_run:
            return []
        for run in _runs(source, weights, room)[: self.rules.max_quotes]:
            quote = Quote(source.item, (read := completed(source.text, source.bounds, run, room)).spans, relative, read.items)
            if self.rules.min_run <= quote.length <= room and read.is_whole and not _overlaps(quote, chosen):
                return [quote]
        return []

    def _with_what_follows(self, chosen: list[Quote]) -> tuple[Quote, ...]:
        """The rest of the budget goes to what stands right after the best quote."""
        room = self.rules.max_characters - sum(quote.length for quote in chosen)
        if not chosen or room < self.rules.min_run or chosen[0].items:
            return tuple(chosen)
        source, last = source_of(chosen[0].source), chosen[0].spans[-1]
        taken = [span for quote in chosen[1:] if _same_text(quote.source, source.item) for span in quote.spans]
        limit = min([source.bounds.end, last.end + room, *(span.start for span in taken if span.start >= last.end)])
        following = [span.shifted(last.end) for span in sentences(source.text[last.end : source.bounds.end])]
        end = max((span.end for span in following if span.end <= limit), default=last.end)
        return (replace(chosen[0], spans=(*chosen[0].spans[:-1], Span(last.start, end))), *chosen[1:])


def source_of(item: AcceptedPassage) -> _Source:
    passage = item.ranked.passage
    if item.edition is None:
        whole = Span(0, len(passage.text))
        return _Source(item, passage.text, whole, whole)
    revision = item.edition.revision
    provision = read_together(revision.outline, passage.start, passage.end)
    bounds = Span(provision.start, provision.end) if provision else Span(0, len(revision.text))
    return _Source(item, revision.text, Span(passage.start, passage.end), bounds)


def _overlaps(quote: Quote, chosen: Sequence[Quote]) -> bool:
    shown = [span for other in chosen if _same_text(other.source, quote.source) for span in other.spans]
    return any(one.start < other.end and other.start < one.end for one in shown for other in quote.spans)


def _same_text(one: AcceptedPassage, other: AcceptedPassage) -> bool:
    return one.ranked.passage.document_id == other.ranked.passage.document_id


def _is_shown(source: _Source, chosen: Sequence[Quote]) -> bool:
    """True if the same words are quoted already: many notices are published word for word by several authorities."""
    words = "".join(source.text[source.own.start : source.own.end].split())
    texts = (source_of(quote.source).text[span.start : span.end] for quote in chosen for span in quote.spans)
    return any(words in shown or shown in words for text in texts if (shown := "".join(text.split())))


def _term_weights(terms: Sequence[str], sources: Sequence[_Source], share: float = 1.0) -> dict[str, float]:
    """Inverse sentence frequency among the candidates, times length: what tells their sentences apart. Words none has tell nothing."""
    texts = [text[span.start : span.end] for source in sources for text in (source.item.ranked.passage.text,) for span in sentences(text)]
    frequency = Counter(term for term in set(terms) for text in texts if term in text)
    return {term: share * math.log(1 + (len(texts) + 1) / (frequency[term] + 0.5)) * min(len(term), 4) for term in frequency}


def _best_run(source: _Source, weights: Mapping[str, float], room: int) -> Span:
    """The passage where it fits, else its best run of sentences; one sentence at any length where none fits."""
    runs = _runs(source, weights, room)
    if runs:
        return runs[0]
    spans = _sentences_of(source)
    return max(
        spans, key=lambda span: _share(source.text[span.start : span.end], weights, source.item.ranked.passage.title), default=source.own
    )


def _runs(source: _Source, weights: Mapping[str, float], room: int) -> list[Span]:
    """Runs of whole sentences of the passage that fit into `room`, the most telling first; only the passage where it fits whole."""
    spans = _sentences_of(source)
    if spans and spans[-1].end - spans[0].start <= room:
        return [Span(spans[0].start, spans[-1].end)]
    title = source.item.ranked.passage.title
    scores = [_share(source.text[span.start : span.end], weights, title) for span in spans]
    runs = [run for first in range(len(spans)) for run in _runs_from(first, spans, scores, room)]
    return [Span(spans[first].start, spans[last].end) for _, first, last in sorted(runs, key=lambda run: -run[0])]


def _sentences_of(source: _Source) -> list[Span]:
    return [span.shifted(source.own.start) for span in sentences(source.text[source.own.start : source.own.end])]


def _runs_from(first: int, spans: Sequence[Span], scores: Sequence[float], room: int) -> list[tuple[float, int, int]]:
    """(worth, first, last) of each run that begins with this sentence and fits."""
    runs, worth = [], 0.0
    for last in range(first, len(spans)):
        if spans[last].end - spans[first].start > room:
            break
        worth += scores[last] * spans[last].length
        runs.append((worth, first, last))
    return runs


def _share(text: str, weights: Mapping[str, float], title: str) -> float:
    total = sum(weights.values())
    found = sum(weight * (_IN_TITLE if term in title else 1.0) for term, weight in weights.items() if term in text)
    return found / total if total else 0.0
