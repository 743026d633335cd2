"""What token weights learn from: a question and the passages that the search gives for it, the right ones marked."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from indexing.character_pairs import character_pairs
from indexing.models import Passage, RankingMode, SearchQuery
from indexing.ports import PassageSearcher
from indexing.training.encoder_lessons import GuideText
from indexing.training.models import TrainingQuestion
from indexing.training.reranker_recipe import GuideLessons


@dataclass(frozen=True, slots=True)
class RerankLesson:
    """`texts` as they are indexed, the first of them best first as the search gives them, with their `fused` scores; `right`: places of
    those that answer, none where the search missed them all.
    """

    id: str
    question: str
    texts: tuple[str, ...]
    right: tuple[int, ...]
    fused: tuple[float, ...] = ()

    @property
    def teaches(self) -> bool:
        """There is something to tell apart."""
        return 0 < len(self.right) < len(self.texts)


@dataclass(frozen=True, slots=True)
class LessonSet:
    """Lessons of one source. `held_out` ones never teach; all of their texts were found by the search."""

    name: str
    licence: str
    taught: tuple[RerankLesson, ...]
    held_out: tuple[RerankLesson, ...] = ()


def searched_lesson(question: TrainingQuestion, passages: Sequence[Passage], searcher: PassageSearcher, depth: int) -> RerankLesson:
    """The first `depth` hits of the search as it is before reranking. `question.rows` are those of `passages`."""
    answers = {passages[row].id for row in question.rows}
    hits = searcher.search(SearchQuery(question.text, limit=depth), RankingMode.ADAPTED).hits
    right = tuple(place for place, hit in enumerate(hits) if hit.passage.id in answers)
    texts = tuple(hit.passage.search_text for hit in hits)
    return RerankLesson(question.id, question.text, texts, right, tuple(hit.score for hit in hits))


def with_right_texts(lesson: RerankLesson, question: TrainingQuestion, passages: Sequence[Passage], most: int) -> RerankLesson:
    """Right passages that the search missed stand behind those it found, `most` of them."""
    missed = [text for row in question.rows if (text := passages[row].search_text) not in lesson.texts][:most]
    places = range(len(lesson.texts), len(lesson.texts) + len(missed))
    return RerankLesson(lesson.id, lesson.question, (*lesson.texts, *missed), (*lesson.right, *places), lesson.fused)


def guide_lessons(name: str, guides: Sequence[GuideText], rules: GuideLessons, seed: int) -> tuple[RerankLesson, ...]:
    """Everyday questions about service guides: each guide's text against those of the guides drawn whose titles are most like its."""
    chance = random.Random(f"{seed} {name}")  # noqa: S311 (a repeatable choice, not a secret)
    drawn = chance.sample(guides, min(rules.questions, len(guides)))
    pairs = [frozenset(character_pairs(guide.title)) for guide in drawn]
    lessons = []
    for place, guide in enumerate(drawn):
        others = [other for other in range(len(drawn)) if drawn[other].title != guide.title]
        others.sort(key=lambda other: -len(pairs[place] & pairs[other]))
        texts = (guide, *(drawn[other] for other in others[: rules.others]))
        asked = chance.choice(rules.phrases).format(title=guide.title)
        told = tuple(f"{each.title}\n\n{each.text[: rules.chars]}" for each in texts)
        lessons.append(RerankLesson(f"{name}-{place}", asked, told, (0,)))
    return tuple(lesson for lesson in lessons if lesson.teaches)
