"""What an encoder is tuned on, batch by batch: questions with right and easily confused passages, and now and then service guides."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from indexing.training.encoder_recipe import EncoderRecipe
from indexing.training.models import QuestionSet, Split
from indexing.training.negatives import hard_negatives


@dataclass(frozen=True, slots=True)
class GuideText:
    title: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class EncoderSet:
    """A question set and its texts as they are indexed, one per passage; vectors are the base's.

    `keywords` and `answers` (sentences) by question id, as far as they are labelled.
    """

    questions: QuestionSet
    texts: Sequence[str]
    keywords: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class EncoderBatch:
    """`right` bool [questions, passages]: which passage answers which question; at least one each."""

    questions: tuple[str, ...]
    passages: tuple[str, ...]
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Place:
    """Of a question that teaches: set and place in it."""

    number: int
    place: int


class EncoderLessons:
    """A batch depends on recipe, questions and step alone, so that a broken training goes on as if it had not been broken."""

    def __init__(self, plan: Sequence[tuple[EncoderSet, Split]], guides: Sequence[GuideText], recipe: EncoderRecipe) -> None:
        self._sets, self._guides, self._recipe = [one for one, _ in plan], guides, recipe
        self._taught = [_Place(number, place) for number, (_, split) in enumerate(plan) for place in split.taught]
        self._wrong = [_confused(one, split.taught, recipe) for one, split in plan]
        self._per_epoch = max(1, len(self._taught) // recipe.optimiser.questions_per_batch)
        self.steps = recipe.optimiser.epochs * self._per_epoch

    @property
    def digest(self) -> str:
        """12 hex digits over the recipe and all that teaches."""
        digest = hashlib.blake2b(repr(self._recipe).encode(), digest_size=6)
        for taught in self._taught:
            question = self._sets[taught.number].questions.questions[taught.place]
            digest.update(f"{taught.number}\t{question}\n".encode())
        for one in self._sets:
            digest.update(f"{sorted(one.keywords.items())} {sorted(one.answers.items())}".encode())
        for text in (*(text for one in self._sets for text in one.texts), *(f"{guide}" for guide in self._guides)):
            digest.update(hashlib.blake2b(text.encode()).digest())
        return digest.hexdigest()

    def batch(self, step: int) -> EncoderBatch:
        """`step` counted from 0."""
        chance = random.Random(f"{self._recipe.seed} {step}")  # noqa: S311 (a repeatable choice, not a secret)
        if self._guides and (step + 1) % self._recipe.guides.every == 0:
            return self._of_guides(chance)
        return self._of_questions(self._drawn(step), chance)

    def _drawn(self, step: int) -> list[_Place]:
        """Every question once per epoch, but for the few that fill no whole batch and those whose turn the guides take."""
        epoch, number = divmod(step, self._per_epoch)
        order = list(self._taught)
        random.Random(f"{self._recipe.seed} epoch {epoch}").shuffle(order)  # noqa: S311 (as above)
        size = self._recipe.optimiser.questions_per_batch
        return order[number * size : (number + 1) * size]

    def _of_questions(self, drawn: Sequence[_Place], chance: random.Random) -> EncoderBatch:
        asked: list[tuple[str, _Place]] = []
        rows: dict[tuple[int, int], None] = {}
        for taught in drawn:
            one, wrong = self._sets[taught.number], self._wrong[taught.number][taught.place]
            question = one.questions.questions[taught.place]
            picked = chance.sample(wrong, min(self._recipe.negatives.per_question, len(wrong)))
            rows |= dict.fromkeys((taught.number, row) for row in (chance.choice(question.rows), *picked))
            asked += [(text, taught) for text in self._wordings(one, taught.place, chance)]
        right = [[number == taught.number and row in self._right(taught) for number, row in rows] for _, taught in asked]
        texts = tuple(self._sets[number].texts[row] for number, row in rows)
        return EncoderBatch(tuple(text for text, _ in asked), texts, np.array(right, dtype=np.bool_))

    def _right(self, taught: _Place) -> frozenset[int]:
        return frozenset(self._sets[taught.number].questions.questions[taught.place].rows)

    def _wordings(self, one: EncoderSet, place: int, chance: random.Random) -> list[str]:
        question, rules = one.questions.questions[place], self._recipe.wordings
        found, keywords = [question.text], one.keywords.get(question.id, "")
        if keywords and chance.random() < rules.keywords:
            found.append(keywords)
        sentences = [each for each in one.answers.get(question.id, ()) if len(each) >= rules.shortest_sentence]
        if sentences:
            start = chance.randrange(len(sentences))
            found.append("".join(sentences[start : start + rules.answer_sentences])[: rules.answer_chars])
        return found

    def _of_guides(self, chance: random.Random) -> EncoderBatch:
        rules = self._recipe.guides
        drawn = chance.sample(self._guides, min(rules.guides_per_batch, len(self._guides)))
        asked = tuple(chance.choice(rules.phrases).format(title=guide.title) for guide in drawn)
        titles = np.array([guide.title for guide in drawn])
        texts = tuple(f"{guide.title}\n\n{guide.text[: rules.chars]}" for guide in drawn)
        return EncoderBatch(asked, texts, titles[:, None] == titles[None, :])


def _confused(one: EncoderSet, taught: Sequence[int], recipe: EncoderRecipe) -> dict[int, list[int]]:
    """For each place taught the wrong rows that the base ranks highest, best first, without the very first of them."""
    if not taught:
        return {}
    questions, rules = one.questions, recipe.negatives
    vectors = questions.question_vectors[list(taught)]
    right = [questions.questions[place].rows for place in taught]
    found: dict[int, list[int]] = {}
    for place, vector, rows, own in zip(
        taught, vectors, hard_negatives(vectors, questions.vectors, right, rules.depth), right, strict=True
    ):
        order = rows[np.argsort(-(questions.vectors[rows] @ vector), kind="stable")]
        wrong = [int(row) for row in order if row not in own]
        # A small set has few wrong passages: then the first serve as well.
        found[place] = wrong[rules.skip :] or wrong
    return found
