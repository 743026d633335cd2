"""What ratings come to: the score of one, how far raters agree, and figures over many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import combinations
from statistics import fmean

from assistant.ratings.models import Rating, RatingFigures
from assistant.ratings.rules import RatingRules
from knowledge_base.china_time import china_day


def score_of(rating: Rating, rules: RatingRules) -> float:
    """0..100: mean points of the sentences × .75, plus mean points of the citations (25 at most).

    The formula of AI Answers (Government of Canada), which rates one citation; ours may cite several, so their mean stands for it.
    An answer that cites nothing (a refusal) scores the mean of its sentences.
    """
    sentences = fmean(rating.sentences)
    return sentences * rules.sentence_weight + fmean(rating.citations) if rating.citations else sentences


def is_full(rating: Rating, rules: RatingRules) -> bool:
    return score_of(rating, rules) == rules.best_sentence


def agreement(ratings: Sequence[Rating]) -> float | None:
    """Of one answer: the share of sentences and citations to which two raters gave the same points, over all pairs of raters.

    None for fewer than two raters of the same text.
    """
    same = [
        mine == theirs
        for one, other in combinations(ratings, 2)
        if len(one.sentences) == len(other.sentences) and len(one.citations) == len(other.citations)
        for mine, theirs in zip((*one.sentences, *one.citations), (*other.sentences, *other.citations), strict=True)
    ]
    return fmean(same) if same else None


def figures_of(ratings: Sequence[Rating], rules: RatingRules, week: date | None = None) -> RatingFigures:
    """A sentence or a citation is right with the most points that can be given."""
    sentences = [points == rules.best_sentence for rating in ratings for points in rating.sentences]
    citations = [points == rules.best_citation for rating in ratings for points in rating.citations]
    by_answer: dict[str, list[Rating]] = defaultdict(list)
    for rating in ratings:
        by_answer[rating.answer_id].append(rating)
    agreed = [share for raters in by_answer.values() if (share := agreement(raters)) is not None]
    return RatingFigures(
        ratings=len(ratings),
        answers=len(by_answer),
        score=_mean(score_of(rating, rules) for rating in ratings),
        right_sentences=_mean(sentences),
        right_citations=_mean(citations),
        agreement=_mean(agreed),
        week=week,
    )


def figures_by_week(ratings: Iterable[Rating], rules: RatingRules) -> tuple[RatingFigures, ...]:
    """Newest week first; weeks begin on Monday in China and are those in which the rating was given. Weeks without any are left out."""
    by_week: dict[date, list[Rating]] = defaultdict(list)
    for rating in ratings:
        day = china_day(rating.at)
        by_week[day - timedelta(days=day.weekday())].append(rating)
    return tuple(figures_of(by_week[week], rules, week) for week in sorted(by_week, reverse=True))


def is_replaced(history: Sequence[Rating]) -> tuple[bool, ...]:
    """For each of a history, oldest first: whether the same person gave another one later."""
    return tuple(any(later.by == rating.by for later in history[place + 1 :]) for place, rating in enumerate(history))


def _mean(values: Iterable[float]) -> float | None:
    given = list(values)
    return fmean(given) if given else None
