"""Bring a quote together with what must be read with it: its exceptions, the whole list, the sentence it goes on from. Offsets only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.quotation import ListOfItems, Span, is_continuation, list_around, sentences


@dataclass(frozen=True, slots=True)
class Completed:
    """`spans` in order: a list's lead-in may stand apart from its items. `is_whole`: nothing that must be read with them is missing.

    `items`: how many 项 the list has of which only a part is quoted, 0 where there is none.
    """

    spans: tuple[Span, ...]
    is_whole: bool = True
    items: int = 0


def completed(text: str, bounds: Span, run: Span, limit: int) -> Completed:
    """`run` and what belongs to it inside `bounds` (its 条), as far as `limit` characters allow.

    What is read with a sentence: 但书 and other sentences that limit or carry it on, before and after; every 项 of a list it is in.
    """
    spans = [span.shifted(bounds.start) for span in sentences(text[bounds.start : bounds.end])]
    inside = [place for place, span in enumerate(spans) if run.start < span.end and span.start < run.end]
    if not inside:
        return Completed((run,))
    first, last = inside[0], inside[-1]
    while True:
        grown = _grown(text, spans, first, last, limit)
        if grown == (first, last):
            break
        first, last = grown
    # A passage may begin or end inside what counts as a sentence here, where a line does not end.
    whole = Span(
        min(run.start, spans[first].start) if first < inside[0] else run.start,
        max(run.end, spans[last].end) if last > inside[-1] else run.end,
    )
    cut = next(iter(_lists_cut_by(text, spans, first, last)), None)
    if cut is None:
        return Completed((whole,), _grown(text, spans, first, last, len(text)) == (first, last))
    lead = spans[cut.lead]
    return Completed((whole,) if cut.lead >= first else (lead, whole), False, cut.items)


def _grown(text: str, spans: Sequence[Span], first: int, last: int, limit: int) -> tuple[int, int]:
    """One step further where there is something to add and room for it; the same where there is not."""
    steps = []
    if first > 0 and is_continuation(text, spans[first]):
        steps.append((first - 1, last))
    if last + 1 < len(spans) and is_continuation(text, spans[last + 1]):
        steps.append((first, last + 1))
    steps += [(min(first, found.lead), max(last, found.last)) for found in _lists_cut_by(text, spans, first, last)]
    fitting = (step for step in steps if step != (first, last) and spans[step[1]].end - spans[step[0]].start <= limit)
    return next(fitting, (first, last))


def _lists_cut_by(text: str, spans: Sequence[Span], first: int, last: int) -> list[ListOfItems]:
    return [found for place in (last, first) if (found := list_around(text, spans, place)) and (found.lead < first or found.last > last)]
