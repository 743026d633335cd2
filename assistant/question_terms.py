"""What of a question names its subject and what names a facet of it. Pure text work over the rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from assistant.models import Facet
from assistant.rules import AnsweringRules

_PUNCTUATION = re.compile(r"[\s，。？！、；：,.?!;:“”\"'（）()《》…~～—-]+")


_Words = tuple[str, ...]
_Groups = tuple[tuple[Facet, _Words], ...]
# Questions whose subject is kept: every step of an answer asks for it.
_KEPT = 512


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
    for phrase, facet in _longest_first(tuple(rules.facets.items())):
        start = text.find(phrase)
        if start < 0 or any(taken[start : start + len(phrase)]):
            continue
        taken[start : start + len(phrase)] = [True] * len(phrase)
        is_meant = not any(word in text for word in rules.facet_exceptions.get(facet, ()))
        if is_meant and all(other.facet is not facet for other in found):
            found.append(FacetPhrase(facet, phrase, start))
    return tuple(sorted(found, key=lambda item: item.start))


def subject_of(text: str, rules: AnsweringRules) -> str:
    """The question without facet phrases, follow-up words and punctuation: what it is about, "" if nothing is left."""
    follow_up = rules.follow_up
    return _subject_of(text, tuple(chain.from_iterable(rules.facets.values())), follow_up.pronouns, follow_up.starts, follow_up.ends)


@lru_cache(_KEPT)
def _subject_of(text: str, facet_phrases: _Words, pronouns: _Words, starts: _Words, ends: _Words) -> str:
    remaining = _without(text, facet_phrases)
    remaining = _strip_opening(_PUNCTUATION.sub(" ", _without(remaining, pronouns)).strip(), starts)
    for ending in ends:
        remaining = remaining.removesuffix(ending.rstrip("？?"))
    return " ".join(remaining.split())


@lru_cache
def _longest_first(groups: _Groups) -> tuple[tuple[str, Facet], ...]:
    """Every phrase with its facet."""
    return tuple(sorted(((phrase, facet) for facet, group in groups for phrase in group), key=lambda pair: -len(pair[0])))


def _without(text: str, phrases: _Words) -> str:
    for phrase in sorted(phrases, key=len, reverse=True):
        text = text.replace(phrase, " ")
    return text


def _strip_opening(text: str, starts: _Words) -> str:
    for start in sorted(starts, key=len, reverse=True):
        if text.startswith(start):
            return text[len(start) :].strip()
    return text
