"""What the pages of ratings show of an answer and its ratings, and what their form holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.access.models import Account
from api.container import Container
from assistant.models import AnswerRecord
from assistant.ratings.models import Rating
from assistant.ratings.rated_case import label_of, label_of_passage, right_labels
from assistant.ratings.scores import score_of
from knowledge_base.errors import UnknownDocument

_MOST = 200
"""Sentences or citations of one form; a longer one is nobody's."""
_FOUND = 8


@dataclass(frozen=True, slots=True)
class Given:
    """The points of a form, as typed; "" where nothing is chosen."""

    sentences: tuple[str, ...] = ()
    citations: tuple[str, ...] = ()
    comment: str = ""

    @classmethod
    def of(cls, rating: Rating | None) -> Given:
        if rating is None:
            return cls()
        return cls(tuple(map(str, rating.sentences)), tuple(map(str, rating.citations)), rating.comment)

    @classmethod
    def read(cls, form: Mapping[str, str]) -> Given:
        """Fields "sentence-1"…, "citation-1"…, "sentences" and "citations" (how many the page showed), "comment"."""
        return cls(_column(form, "sentence"), _column(form, "citation"), form.get("comment", ""))

    def sentence(self, place: int) -> str:
        return self.sentences[place] if place < len(self.sentences) else ""

    def citation(self, place: int) -> str:
        return self.citations[place] if place < len(self.citations) else ""


@dataclass(frozen=True, slots=True)
class ListedAnswer:
    """A line of the list. `score` is the mean over raters, None where nobody rated it."""

    record: AnswerRecord
    raters: int
    score: float | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A provision or guide that may be what an answer should rest on. `words` name it to a person."""

    label: str
    words: str
    is_right: bool


def listed_views(container: Container, reader: Account, records: Sequence[AnswerRecord], who: str) -> list[ListedAnswer]:
    desk = container.ratings
    rated = desk.ratings_of([record.answer_id for record in records])
    views = []
    for record in records:
        ratings = rated.get(record.answer_id, ())
        scores = [score_of(rating, desk.rules) for rating in ratings]
        mean = sum(scores) / len(scores) if scores else None
        views.append(ListedAnswer(record, len(ratings), mean, any(rating.by == reader.name for rating in ratings)))
    return [view for view in views if _fits(view, who)]


def candidates(container: Container, record: AnswerRecord, ratings: Sequence[Rating]) -> tuple[Candidate, ...]:
    """What was cited, then the best of what was found beside it."""
    right = right_labels(record, ratings)
    named = {label_of(one): f"《{one.title}》{one.provision}" for one in record.answer.citations}
    for passage in (record.search.ranked if record.search else ())[:_FOUND]:
        label = label_of_passage(passage.passage_id)
        named.setdefault(label, _named(container, label))
    return tuple(Candidate(label, words, label in right) for label, words in named.items())


def _named(container: Container, label: str) -> str:
    """With the title of the document or guide as it is now; the label itself where there is none any more."""
    name, _, path = label.partition("#")
    guide = container.guides.get(name)
    if guide and not path:
        return f"办事指南《{guide.title}》"
    try:
        return f"《{container.documents.latest(name).metadata.title}》{path.replace('/', '')}"
    except UnknownDocument:
        return label


def _fits(view: ListedAnswer, who: str) -> bool:
    fitting = {"unrated": not view.raters, "open": not view.is_mine, "mine": view.is_mine}
    return fitting.get(who, True)


def _column(form: Mapping[str, str], name: str) -> tuple[str, ...]:
    shown = form.get(f"{name}s", "")
    count = min(int(shown), _MOST) if shown.isascii() and shown.isdecimal() else 0
    return tuple(form.get(f"{name}-{place}", "") for place in range(1, count + 1))
