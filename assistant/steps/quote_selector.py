"""Choose which whole sentences of the evidence to quote, within a budget of characters. Knows spans and scores, not answers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.models import AcceptedPassage
from assistant.quotation import Span, is_continuation, is_list_item, leads_a_list, sentences
from assistant.rules import QuotingRules

_HELP = 0.3
_HEADING = 2.0


@dataclass(frozen=True, slots=True)
class Quote:
    """`spans` are runs of whole sentences of the passage's text, in order; a list's lead-in may stand apart from its items."""

    source: AcceptedPassage
    spans: tuple[Span, ...]
    score: float

    @property
    def length(self) -> int:
        return sum(span.length for span in self.spans)


@dataclass(frozen=True, slots=True)
class QuoteSelector:
    rules: QuotingRules

    def select(self, terms: Sequence[str], evidence: Sequence[AcceptedPassage], helping: Sequence[str] = ()) -> tuple[Quote, ...]:
        """Best first, together at most `max_characters` (one sentence longer only if nothing shorter can be quoted).

        `terms` name the matter; `helping` words are common in provisions and only tell its sentences apart.
        """
        candidates = evidence[: self.rules.candidate_passages]
        weights = _term_weights(helping, candidates, _HELP) | _term_weights(terms, candidates)
        best_rank = max((item.ranked.score for item in candidates), default=0.0) or 1.0
        chosen: list[Quote] = []
        remaining = self.rules.max_characters
        pool = list(candidates)
        while pool and len(chosen) < self.rules.max_quotes and remaining > 0:
            drafts = [_draft(item, weights, remaining, item.ranked.score / best_rank) for item in pool]
            fitting = [draft for draft in drafts if draft.spans and (draft.length <= remaining or not chosen)]
            if not fitting:
                break
            best = max(fitting, key=lambda draft: draft.score)
            if chosen and best.score < chosen[0].score * self.rules.min_relative_score:
                break
            chosen.append(best)
            pool.remove(best.source)
            remaining -= best.length
        return tuple(chosen)


def _term_weights(terms: Sequence[str], candidates: Sequence[AcceptedPassage], share: float = 1.0) -> dict[str, float]:
    """Inverse sentence frequency among the candidates, times length: what tells their sentences apart. Words none has tell nothing."""
    texts = [item.ranked.passage.text[span.start : span.end] for item in candidates for span in sentences(item.ranked.passage.text)]
    frequency = Counter(term for term in set(terms) for text in texts if term in text)
    return {term: share * math.log(1 + (len(texts) + 1) / (frequency[term] + 0.5)) * min(len(term), 4) for term in frequency}


def _draft(item: AcceptedPassage, weights: dict[str, float], budget: int, rank_score: float) -> Quote:
    """The best run of sentences of one passage within the budget; the whole passage where it fits."""
    text = item.ranked.passage.text
    spans = sentences(text)
    if not spans:
        return Quote(item, (), 0.0)
    first, last = _best_run(text, spans, weights, budget)
    runs = _with_lead(text, spans, first, last)
    covered = "".join(text[span.start : span.end] for span in runs)
    # Whoever wrote the nearest heading said what the passage is about; words inside it may be there by the way.
    heading = "".join(item.ranked.passage.heading_path[-1:])
    return Quote(item, runs, rank_score * (0.5 + _share(heading + covered, weights) + _HEADING * _share(heading, weights)))


def _best_run(text: str, spans: Sequence[Span], weights: dict[str, float], budget: int) -> tuple[int, int]:
    """Grow from the best sentence to the better neighbour while it fits; a sentence that limits the last one always comes along."""
    scores = [_share(text[span.start : span.end], weights) for span in spans]
    first = last = max(range(len(spans)), key=lambda index: (scores[index], -index))
    while first > 0 and is_continuation(text, spans[first]):
        first -= 1
    while True:
        after = last + 1 if last + 1 < len(spans) else None
        before = first - 1 if first > 0 else None
        if after is not None and is_continuation(text, spans[after]) and _fits(spans, first, after, budget):
            last = after
            continue
        options = [index for index in (before, after) if index is not None and _fits(spans, min(first, index), max(last, index), budget)]
        if not options:
            return first, last
        step = max(options, key=lambda index: (scores[index], index))
        first, last = min(first, step), max(last, step)


def _fits(spans: Sequence[Span], first: int, last: int, budget: int) -> bool:
    return spans[last].end - spans[first].start <= budget


def _with_lead(text: str, spans: Sequence[Span], first: int, last: int) -> tuple[Span, ...]:
    """A list item is never quoted without the 款 that introduces it."""
    run = Span(spans[first].start, spans[last].end)
    if not is_list_item(text, spans[first]):
        return (run,)
    lead = next((index for index in range(first - 1, -1, -1) if leads_a_list(text, spans[index])), None)
    if lead is None:
        return (run,)
    return (Span(spans[lead].start, spans[last].end),) if lead == first - 1 else (spans[lead], run)


def _share(text: str, weights: dict[str, float]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in text) / total if total else 0.0
