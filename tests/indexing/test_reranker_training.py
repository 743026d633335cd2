"""Token weights learn which words of a question matter, and nothing is written that ranks worse."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.token_embedder import States
from indexing.adapters.token_trainer import TorchTokenTrainer, leading_directions
from indexing.adapters.token_weights import read_token_weights
from indexing.errors import InvalidRecipe, NothingToLearn, TrainingRefused
from indexing.ports import Progress
from indexing.rank_fusion import Scores
from indexing.training import TOKENS_FILE
from indexing.training.encoder_lessons import GuideText
from indexing.training.models import TrainingQuestion
from indexing.training.reranker_lessons import LessonSet, RerankLesson, guide_lessons, searched_lesson, with_right_texts
from indexing.training.reranker_recipe import RERANKER_RECIPE_FILE, RerankerRecipe, load_reranker_recipe
from indexing.training.train_reranker import train_reranker
from indexing.tuning import default_tuning
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.memory_passage_searcher import MemoryPassageSearcher
from tests.passage_factory import a_passage, demo_regions

RULES = replace(default_tuning().reranking, weight=1.0)
KEYS, FILLERS = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
HIDDEN = 12


class StatesOfCharacters:
    """One token per character, drawn by its code; those of the KEYS have one thing in common that no other has."""

    fingerprint = "characters@1"

    def passage_states(self, texts: Sequence[str]) -> list[States]:
        return [self._states(text) for text in texts]

    question_states = passage_states

    def _states(self, text: str) -> States:
        states = np.zeros((len(text), HIDDEN), np.float16)
        for place, character in enumerate(text):
            seed = int.from_bytes(blake2b(character.encode(), digest_size=4).digest(), "little")
            states[place, 1:] = np.random.default_rng(seed).standard_normal(HIDDEN - 1)
            states[place, 0] = 2.0 if character in KEYS else 0.0
        return states


def silent(*_: object) -> None:
    """Nobody listens."""


def a_lesson(number: int) -> RerankLesson:
    """The right text shares only what matters with the question, the wrong ones all the rest; the search puts these first."""
    chance = random.Random(number)  # noqa: S311 (repeatable)
    key, *others = chance.sample(KEYS, 4)
    said = "".join(chance.sample(FILLERS, 5))
    wrong = tuple(said + other for other in others)
    right = "".join(chance.sample(FILLERS, 5)) + key
    return RerankLesson(f"q{number}", said + key, (*wrong, right), (3,), (0.5, 0.49, 0.48, 0.47))


def recipe(**optimiser: float) -> RerankerRecipe:
    shipped = load_reranker_recipe()
    rules = replace(shipped.optimiser, epochs=4, learning_rate=0.01, share_rate=0.05, **optimiser)  # type: ignore[arg-type]
    shape, taught_by_labels = replace(shipped.shape, width=8, sample_tokens=500), replace(shipped.distillation, weight=0.0)
    return replace(shipped, shape=shape, optimiser=rules, distillation=taught_by_labels)


def a_set() -> LessonSet:
    return LessonSet("made", "未注明", tuple(map(a_lesson, range(60))), tuple(map(a_lesson, range(60, 80))))


def a_trainer() -> TorchTokenTrainer:
    return TorchTokenTrainer(StatesOfCharacters(), device="cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "reranker"
    train_reranker([a_set()], recipe(), a_trainer(), RULES, folder, silent)
    return folder


def card_of(folder: Path) -> dict:
    return dict(json.loads((folder / "card.json").read_text(encoding="utf-8")))


def test_it_learns_which_words_matter(folder: Path) -> None:
    figures = card_of(folder)["figures"]["made"]
    assert figures["before"]["hit@1"] == 0.0
    assert figures["after"]["hit@1"] > 0.8
    assert figures["low"] > 0
    losses = card_of(folder)["losses"]
    assert losses[-1] < losses[0]


def test_the_shares_of_what_matters_are_the_larger_ones(folder: Path) -> None:
    weights = read_token_weights(folder / TOKENS_FILE)
    shares = weights.shares(StatesOfCharacters().question_states(["子丑寅卯甲"])[0].astype(np.float32))
    assert shares[-1] > 2 * shares[:-1].max()


def test_the_card_says_what_taught_what_was_held_out_and_by_which_recipe(folder: Path) -> None:
    card, weights = card_of(folder), read_token_weights(folder / TOKENS_FILE)
    assert card["trained_on"][0] | {"ids": []} == {"name": "made", "licence": "未注明", "questions": 60, "ids": []}
    assert card["held_out"][0]["ids"] == [f"q{number}" for number in range(60, 80)]
    assert (card["encoder"], weights.shape.encoder, weights.shape.width) == ("characters@1", "characters@1", 8)
    assert card["recipe"]["optimiser"]["epochs"] == 4
    assert card["mrr@10_by_weight"]["made"]["0"] == pytest.approx(0.25)
    assert card["mrr@10_by_weight"]["made"]["alone"] > 0.8


def test_the_same_lessons_and_recipe_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    train_reranker([a_set()], recipe(), a_trainer(), RULES, tmp_path / "again", silent)
    assert (tmp_path / "again" / TOKENS_FILE).read_bytes() == (folder / TOKENS_FILE).read_bytes()


class Misled(TorchTokenTrainer):
    """Learns the opposite of what it is taught."""

    def train(self, lessons: Sequence[RerankLesson], recipe: RerankerRecipe, progress: Progress):  # type: ignore[no-untyped-def]
        trained = super().train(lessons, recipe, progress)
        similarities = trained.similarities

        def turned(lessons: Sequence[RerankLesson], progress: Progress) -> list[Scores]:
            return [-found for found in similarities(lessons, progress)]

        trained.similarities = turned  # type: ignore[method-assign]
        return trained


def test_what_ranks_worse_is_not_written(tmp_path: Path) -> None:
    best_first = tuple(replace(lesson, texts=(lesson.texts[3], *lesson.texts[:3]), right=(0,)) for lesson in a_set().held_out)
    made = replace(a_set(), held_out=best_first)
    with pytest.raises(TrainingRefused, match=r"细排权重没有写出.*made.*reranking.weight 由 1 改为 0（"):
        train_reranker([made], recipe(), Misled(StatesOfCharacters(), device="cpu"), RULES, tmp_path / "worse", silent)
    assert not (tmp_path / "worse").exists()


def test_without_questions_to_tell_apart_or_to_test_on_there_is_nothing_to_learn(tmp_path: Path) -> None:
    for empty in (replace(a_set(), held_out=()), replace(a_set(), taught=(replace(a_lesson(1), right=()),))):
        with pytest.raises(NothingToLearn):
            train_reranker([empty], recipe(), a_trainer(), RULES, tmp_path / "nothing", silent)


def test_stopped_by_progress_nothing_is_left(tmp_path: Path) -> None:
    def stop(step: str, *_: object) -> None:
        if step == "训练细排权重":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_reranker([a_set()], recipe(), a_trainer(), RULES, tmp_path / "stopped", stop)
    assert not (tmp_path / "stopped").exists()


def test_taught_by_the_whole_states_alone_the_vectors_rank_as_these_do() -> None:
    followed = replace(recipe(), distillation=replace(recipe().distillation, weight=1.0))
    trained = a_trainer().train([a_lesson(number) for number in range(40)], followed, silent)
    lessons = [a_lesson(number) for number in range(60, 80)]
    orders = [np.argsort(-found).tolist() for found in trained.similarities(lessons, silent)]
    whole = [np.argsort(-as_they_are(lesson)).tolist() for lesson in lessons]
    assert np.mean([one[0] == other[0] for one, other in zip(orders, whole, strict=True)]) > 0.5
    assert all(order[0] != 3 for order in orders)


def as_they_are(lesson: RerankLesson) -> Scores:
    states = [rows.astype(np.float32) for rows in StatesOfCharacters().passage_states([lesson.question, *lesson.texts])]
    question, *texts = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in states]
    return np.array([(question @ rows.T).max(axis=1).mean() for rows in texts], np.float32)


def test_the_projection_starts_where_the_states_reach_farthest() -> None:
    import torch

    states = torch.zeros(40, 5)
    states[:, 3] = torch.linspace(-3, 3, 40)
    states[:, 1] = 1.5
    bare, centred = (leading_directions(states, replace(recipe().shape, width=1, centred=centred)) for centred in (False, True))
    assert (int(bare[1][:, 0].abs().argmax()), int(centred[1][:, 0].abs().argmax())) == (1, 3)
    assert not bare[0].any()
    assert torch.allclose(centred[0], states.mean(0))


ITEMS = [a_passage(f"办理第{number}项应当登记。", f"d-{number}") for number in range(8)]


class TestLessons:
    def searcher(self) -> MemoryPassageSearcher:
        return MemoryPassageSearcher(ITEMS, FakeEmbedder(), BigramTokenizer(), demo_regions())

    def test_a_lesson_is_what_the_search_gives_with_the_right_ones_marked(self) -> None:
        lesson = searched_lesson(TrainingQuestion("q", "第3项怎么登记", (3,)), ITEMS, self.searcher(), 5)
        assert len(lesson.texts) == len(lesson.fused) == 5
        assert [lesson.texts[place] for place in lesson.right] == [ITEMS[3].search_text]
        assert list(lesson.fused) == sorted(lesson.fused, reverse=True)

    def test_right_passages_that_the_search_missed_stand_behind_its_hits(self) -> None:
        question = TrainingQuestion("q", "第3项怎么登记", (3, 6, 7))
        found = searched_lesson(question, ITEMS, self.searcher(), 1)
        lesson = with_right_texts(found, question, ITEMS, 1)
        assert lesson.texts == (ITEMS[3].search_text, ITEMS[6].search_text)
        assert lesson.right == (0, 1)
        assert len(lesson.fused) == 1

    def test_guides_are_told_from_those_with_titles_like_theirs(self) -> None:
        guides = [GuideText(f"{what}办理", f"{what}的说明") for what in ("居住证申领", "居住证补领", "公积金提取", "公积金贷款")]
        rules = replace(recipe().guides, questions=4, others=1)
        lessons = guide_lessons("items", guides, rules, 1)
        assert len(lessons) == 4
        for lesson in lessons:
            own, other = (text.split("\n")[0][:3] for text in lesson.texts)
            assert (own, lesson.right) == (other, (0,))
            assert lesson.texts[0].split("\n")[0][:5] in lesson.question


class TestRecipe:
    def test_every_entry_of_the_shipped_recipe_is_read(self) -> None:
        assert load_reranker_recipe().as_written()["candidates"]["hits"] > 0

    @pytest.mark.parametrize(("entry", "value"), [("width", "0"), ("dropout", "1.5"), ("share", "1.0"), ("phrases", '["怎么办"]')])
    def test_an_impossible_one_is_named(self, tmp_path: Path, entry: str, value: str) -> None:
        import re

        text, changed = re.subn(
            rf"^{entry} = .*$", f"{entry} = {value}", RERANKER_RECIPE_FILE.read_text(encoding="utf-8"), flags=re.MULTILINE
        )
        assert changed == 1
        (tmp_path / "recipe.toml").write_text(text, encoding="utf-8")
        with pytest.raises(InvalidRecipe, match=r"应当|都要"):
            load_reranker_recipe(tmp_path / "recipe.toml")
