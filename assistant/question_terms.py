"""What of a question names its subject and what names a facet of it. Pure text work over the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.models import Facet
from assistant.rules import AnsweringRules

_PUNCTUATION = re.compile(r"[\s，。？！、；：,.?!;:“”\"'（）()《》…~～—-]+")


@dataclass(frozen=True, slots=True)
class FacetPhrase:
    """A facet with the words that asked for it."""

    facet: Facet
    phrase: str
    start: int


def find_facets(text: str, rules: AnsweringRules) -> tuple[FacetPhrase, ...]:
    """In the order asked; the longest phrase wins where several overlap, and each facet is named once."""
    found: list[FacetPhrase] = []
    taken = [False] * len(text)
    phrases = sorted(((phrase, facet) for facet, group in rules.facets.items() for phrase in group), key=lambda pair: -len(pair[0]))
    for phrase, facet in phrases:
        start = text.find(phrase)
        if start < 0 or any(taken[start : start + len(phrase)]):
            continue
        taken[start : start + len(phrase)] = [True] * len(phrase)
        if all(other.facet is not facet for other in found):
            found.append(FacetPhrase(facet, phrase, start))
    return tuple(sorted(found, key=lambda item: item.start))


def subject_of(text: str, rules: AnsweringRules) -> str:
    """The question without facet phrases, follow-up words and punctuation: what it is about, "" if nothing is left."""
    facet_phrases = (phrase for group in rules.facets.values() for phrase in group)
    remaining = _without(text, facet_phrases)
    remaining = _strip_opening(_PUNCTUATION.sub(" ", _without(remaining, rules.follow_up.pronouns)).strip(), rules)
    for ending in rules.follow_up.ends:
        remaining = remaining.removesuffix(ending.rstrip("？?"))
    return " ".join(remaining.split())


def _without(text: str, phrases: Iterable[str]) -> str:
    for phrase in sorted(phrases, key=len, reverse=True):
        text = text.replace(phrase, " ")
    return text


def _strip_opening(text: str, rules: AnsweringRules) -> str:
    for start in sorted(rules.follow_up.starts, key=len, reverse=True):
        if text.startswith(start):
            return text[len(start) :].strip()
    return text
