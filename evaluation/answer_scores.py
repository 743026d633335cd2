"""Score shown answers against labelled ones. Pure functions over strings and numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import LCSseq


@dataclass(frozen=True, slots=True)
class ScoredAnswer:
    """One question's outcome. `quoted_chars` counts the characters of all its quotes."""

    answered: bool
    span_contained: bool
    rouge_l: float
    citation_relevant: bool
    quoted_chars: int


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """Shares in [0, 1] over all questions; `quoted_chars_p90` over the answered ones, in characters."""

    queries: int
    span_contained: float
    rouge_l: float
    answered: float
    citation_relevant: float
    quoted_chars_p90: float


def without_white_space(text: str) -> str:
    """NFKC without any white space: how a labelled span and a quote are compared."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def contains_span(quotes: Sequence[str], span: str) -> bool:
    """True if the labelled span stands inside the quotes read one after another; an empty span is in nothing."""
    wanted = without_white_space(span)
    return bool(wanted) and wanted in without_white_space("".join(quotes))


def rouge_l(candidate: str, reference: str) -> float:
    """ROUGE-L F1 over characters (Lin 2004; characters, since Chinese has no word boundaries), in [0, 1]."""
    one, other = without_white_space(candidate), without_white_space(reference)
    common = LCSseq.similarity(one, other)
    if not common:
        return 0.0
    precision, recall = common / len(one), common / len(other)
    return 2 * precision * recall / (precision + recall)


def summarise(answers: Sequence[ScoredAnswer]) -> AnswerScores:
    """Raises ValueError for no answers at all."""
    if not answers:
        raise ValueError("没有可以评分的问题。")
    lengths = [answer.quoted_chars for answer in answers if answer.answered]
    return AnswerScores(
        queries=len(answers),
        span_contained=float(np.mean([answer.span_contained for answer in answers])),
        rouge_l=float(np.mean([answer.rouge_l for answer in answers])),
        answered=float(np.mean([answer.answered for answer in answers])),
        citation_relevant=float(np.mean([answer.citation_relevant for answer in answers])),
        quoted_chars_p90=float(np.percentile(lengths, 90)) if lengths else 0.0,
    )
