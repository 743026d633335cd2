"""Tuning the encoder: what teaches and what never does, the recipe, the card, and a small training that really runs."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexing.errors import InvalidRecipe, NothingToLearn, TrainingRefused
from indexing.ports import Progress, Vectors
from indexing.training import ENCODER_FILE
from indexing.training.encoder_lessons import EncoderBatch, EncoderLessons, EncoderSet, GuideText
from indexing.training.encoder_recipe import ENCODER_RECIPE_FILE, EncoderRecipe, load_encoder_recipe
from indexing.training.models import Split, TrainingQuestion
from indexing.training.splits import hold_out, hold_out_named
from indexing.training.train_encoder import CARD_FILE, CHECKPOINT_FILE, EncoderMaterial, GuideSource, among_few, train_encoder
from tests.encoder_lessons import a_quick_recipe, an_encoder_set
from tests.fakes.embedder import FakeEmbedder
from tests.model_fixtures import default_model_folder  # noqa: F401  a fixture is imported to be found

ROOT = Path(__file__).parents[2]
RECIPE = a_quick_recipe()
GUIDES = GuideSource("guides", "MIT", tuple(GuideText(f"指南事项{n}", f"指南正文{n}" * 90) for n in range(60)))


def silent(*_: object) -> None:
    """Nobody listens."""


def lessons_of(one: EncoderSet, split: Split, recipe: EncoderRecipe = RECIPE, guides: Sequence[GuideText] = ()) -> EncoderLessons:
    return EncoderLessons([(one, split)], guides, recipe)


def batches(lessons: EncoderLessons) -> list[EncoderBatch]:
    return [lessons.batch(step) for step in range(lessons.steps)]


class TestRecipe:
    def test_every_entry_is_used(self) -> None:
        sources = [*(ROOT / "indexing" / "training").glob("*encoder*.py"), *(ROOT / "indexing" / "adapters").glob("*encoder*.py")]
        text = "\n".join(path.read_text(encoding="utf-8") for path in sources if path.name != "encoder_recipe.py")
        recipe = load_encoder_recipe()
        parts = [getattr(recipe, field.name) for field in fields(recipe)]
        names = [field.name for part in parts if is_dataclass(part) for field in fields(part)]
        assert len(names) > 25
        assert [name for name in (*names, "name", "seed") if not re.search(rf"\.{name}\b", text)] == []

    def test_the_shipped_licences_and_an_unknown_one(self) -> None:
        recipe = load_encoder_recipe()
        assert all(recipe.licence_of(name) == licence for name, licence in recipe.licences.items())
        assert recipe.licence_of("unheard-of") == "未注明"

    @pytest.mark.parametrize(
        ("was", "now"),
        [
            ("rank = 32", "rank = 0"),
            ("first_layer = 6", "first_layer = -1"),
            ("question_tokens = 96", "question_tokens = 2"),
            ("temperature = 0.03", "temperature = 0.0"),
            ("skip = 3", "skip = 80"),
            ("keywords = 0.5", "keywords = 1.5"),
            ('"{title}怎么办"', '"怎么办"'),
            ("share = 0.2", "share = 1.0"),
            ("checkpoint_steps = 25", ""),
            ("[optimiser]", "[optimizer]"),
        ],
    )
    def test_an_impossible_one_is_refused(self, tmp_path: Path, was: str, now: str) -> None:
        shipped = ENCODER_RECIPE_FILE.read_text(encoding="utf-8")
        assert was in shipped
        (tmp_path / "recipe.toml").write_text(shipped.replace(was, now, 1), encoding="utf-8")
        with pytest.raises(InvalidRecipe):
            load_encoder_recipe(tmp_path / "recipe.toml")


class TestLessons:
    def test_held_out_questions_never_teach(self) -> None:
        one = an_encoder_set()
        split = hold_out(one.questions.questions, 0.25, 7)
        assert split.held_out
        taught = {text for batch in batches(lessons_of(one, split, a_quick_recipe(optimiser={"epochs": 3}))) for text in batch.questions}
        for place in split.held_out:
            question = one.questions.questions[place]
            assert not taught & {question.text, one.keywords[question.id], *one.answers[question.id], "".join(one.answers[question.id])}

    def test_named_questions_are_held_out_and_what_nearly_repeats_them_does_not_teach(self) -> None:
        texts = ("居住证遗失以后应当怎样补领", "居住证遗失以后应当怎样补领呢", "公积金能不能提取", "公积金的另一种说法")
        restates = ("", "", "", "q2")
        questions = [TrainingQuestion(f"q{n}", text, (n,), restates[n]) for n, text in enumerate(texts)]
        split = hold_out_named(questions, {"q0"})
        assert split.held_out == (0,)
        assert set(split.taught) == {2, 3}

    def test_every_question_taught_is_asked_once_in_an_epoch_beside_its_other_wordings(self) -> None:
        one = an_encoder_set()
        everything = Split(tuple(range(16)), ())
        asked = [text for batch in batches(lessons_of(one, everything)) for text in batch.questions]
        assert all(asked.count(question.text) == 1 for question in one.questions.questions)
        assert {text.split("，")[-1] for text in asked if text in one.keywords.values()} == {"关键词"}
        assert sum("第一步" in text or "受理" in text for text in asked) == 16

    def test_right_is_marked_and_wrong_is_what_the_base_confuses(self) -> None:
        one = an_encoder_set()
        for batch in batches(lessons_of(one, Split(tuple(range(16)), ()))):
            assert batch.right.shape == (len(batch.questions), len(batch.passages))
            assert batch.right.any(axis=1).all()
            titles = {question.text: one.texts[question.rows[0]] for question in one.questions.questions}
            for text, right in zip(batch.questions, batch.right, strict=True):
                if text in titles:
                    assert [batch.passages[place] for place in np.flatnonzero(right)] == [titles[text]]
            assert len(batch.passages) > 4

    def test_a_batch_depends_on_its_step_alone(self) -> None:
        one, split = an_encoder_set(), Split(tuple(range(16)), ())
        whole = batches(lessons_of(one, split))
        later = lessons_of(one, split).batch(2)
        assert (later.questions, later.passages) == (whole[2].questions, whole[2].passages)
        other = EncoderLessons([(one, split)], (), replace(RECIPE, seed=1))
        assert other.batch(2).questions != later.questions
        assert other.digest != lessons_of(one, split).digest

    def test_now_and_then_a_batch_is_of_guides(self) -> None:
        recipe = a_quick_recipe(optimiser={"epochs": 2})
        found = batches(lessons_of(an_encoder_set(), Split(tuple(range(16)), ()), recipe, GUIDES.guides))
        of_guides = [number for number, batch in enumerate(found, start=1) if "指南正文" in batch.passages[0]]
        assert of_guides == [8]
        assert len(found[7].questions) == recipe.guides.guides_per_batch
        assert max(map(len, found[7].passages)) <= recipe.guides.chars + 12
        assert found[7].right.diagonal().all()

    def test_measuring_takes_the_right_passages_and_a_few_others(self) -> None:
        one = an_encoder_set()
        few, texts = among_few(one, [3, 9], RECIPE.validation)
        assert len(texts) == len(few.vectors) == 2 + RECIPE.validation.passages
        for question, place in zip(few.questions, (3, 9), strict=True):
            assert texts[question.rows[0]] == one.texts[place]


class MadeUpEncoder:
    """Learned nothing (`gain` 0), the right answers (1) or to mistake them (-1)."""

    losses = (1.5, 0.5)
    shape: Mapping[str, Any] = {"rank": 4}

    def __init__(self, gain: float) -> None:
        self._gain = gain

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return FakeEmbedder().embed_passages([text.split("\n")[0] if self._gain > 0 else text for text in texts])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return FakeEmbedder().embed_queries(texts) * (-1 if self._gain < 0 else 1)

    def write(self, target: Path) -> None:
        target.write_bytes(b"weights")


class MadeUpTrainer:
    hardware, base = "none", "made-up-model"

    def __init__(self, gain: float = 1.0) -> None:
        self._gain = gain

    def train(self, lessons: EncoderLessons, recipe: EncoderRecipe, checkpoint: Path, progress: Progress) -> MadeUpEncoder:
        checkpoint.write_bytes(b"half-way")
        return MadeUpEncoder(self._gain)


class TestTraining:
    def test_the_card_says_what_taught_what_was_held_out_and_what_came_of_it(self, tmp_path: Path) -> None:
        watched = an_encoder_set(8, "watched")
        material = EncoderMaterial((an_encoder_set(),), (watched,), (GUIDES,))
        card = train_encoder(material, RECIPE, MadeUpTrainer(), tmp_path / "out", silent).card
        assert json.loads((tmp_path / "out" / CARD_FILE).read_text(encoding="utf-8")) == json.loads(json.dumps(card))
        assert {path.name for path in (tmp_path / "out").iterdir()} == {CARD_FILE, ENCODER_FILE}
        (taught, guides), (held_out,) = card["trained_on"], card["held_out"]
        assert set(taught["ids"]).isdisjoint(held_out["ids"])
        assert len(taught["ids"]) + len(held_out["ids"]) == 16
        assert (guides["name"], guides["guides"], guides["licence"]) == ("guides", 60, "MIT")
        assert (card["base_model"], card["hardware"], card["watched"]) == ("made-up-model", "none", ["watched"])
        assert card["figures"]["watched"]["questions"] == 8
        assert card["figures"]["demonstration"]["questions"] == held_out["questions"]
        assert card["recipe"] == RECIPE.as_written()
        assert card["tensors_sha256"] == hashlib.sha256(b"weights").hexdigest()

    def test_a_list_of_ids_decides_what_is_held_out(self, tmp_path: Path) -> None:
        one = an_encoder_set()
        named = frozenset(question.id for question in one.questions.questions[:3])
        card = train_encoder(EncoderMaterial((one,), held_out=named), RECIPE, MadeUpTrainer(), tmp_path, silent).card
        assert set(card["held_out"][0]["ids"]) == named
        assert named.isdisjoint(card["trained_on"][0]["ids"])

    def test_what_finds_less_than_the_base_is_not_written(self, tmp_path: Path) -> None:
        with pytest.raises(TrainingRefused, match=r"检索模型没有写出：“demonstration”.*learning_rate"):
            train_encoder(EncoderMaterial((an_encoder_set(),)), RECIPE, MadeUpTrainer(-1.0), tmp_path, silent)
        assert {path.name for path in tmp_path.iterdir()} == {CHECKPOINT_FILE}

    def test_too_little_to_learn_from_is_said_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(NothingToLearn, match="demonstration"):
            train_encoder(EncoderMaterial((an_encoder_set(1),)), RECIPE, MadeUpTrainer(), tmp_path, silent)


class Killed(Exception):
    """Stands for whatever ends the process."""


def killed_after(steps: int) -> Progress:
    def listen(_step: str, done: int, _total: int) -> None:
        if done == steps:
            raise Killed

    return listen


def really_train(model: Path, folder: Path, progress: Progress = silent) -> Path:
    """Three steps; no judgement, so that a short training is written whatever it is worth."""
    from indexing.adapters.encoder_trainer import TorchEncoderTrainer

    one = an_encoder_set(12)
    lessons = lessons_of(one, Split(tuple(range(12)), ()))
    assert lessons.steps == 3
    tuned = TorchEncoderTrainer(model, 1, "cpu").train(lessons, RECIPE, folder / CHECKPOINT_FILE, progress)
    assert len(tuned.losses) == 3
    tuned.write(folder / ENCODER_FILE)
    np.save(folder / "asked.npy", tuned.embed_queries([one.questions.questions[0].text]))
    return folder / ENCODER_FILE


@pytest.fixture(scope="module")
def trained(default_model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811  the fixture
    return really_train(default_model_folder, tmp_path_factory.mktemp("trained"))


@pytest.mark.model
class TestRealTraining:
    def test_vectors_change_and_the_file_loads_as_a_pair(self, trained: Path, default_model_folder: Path) -> None:  # noqa: F811  the fixture
        from indexing.adapters.encoder_adaptation import read_adaptation
        from indexing.adapters.paired_encoder import load_pair

        shape = read_adaptation(trained).shape
        assert (shape.base, shape.first_layer, shape.layers, shape.rank) == (default_model_folder.name, 10, 12, 4)
        both = load_pair(default_model_folder, trained, "float32", 1).embed_queries([an_encoder_set(1).questions.questions[0].text])[0]
        base, tuned = both[:384], both[384:]
        assert float(base @ tuned) < 0.9999
        # What training measured with is what is served.
        assert float(np.load(trained.with_name("asked.npy"))[0] @ tuned) > 0.9999

    def test_a_killed_training_goes_on_to_the_same_bytes(self, trained: Path, default_model_folder: Path, tmp_path: Path) -> None:  # noqa: F811  the fixture
        with pytest.raises(Killed):
            really_train(default_model_folder, tmp_path, killed_after(2))
        assert not (tmp_path / ENCODER_FILE).exists()
        steps: list[int] = []
        resumed = really_train(default_model_folder, tmp_path, lambda _step, done, _total: steps.append(done))
        assert steps == [3]
        assert resumed.read_bytes() == trained.read_bytes()

    def test_the_same_seed_gives_the_same_bytes_and_a_foreign_checkpoint_is_left(
        self,
        trained: Path,
        default_model_folder: Path,  # noqa: F811  the fixture
        tmp_path: Path,
    ) -> None:
        (tmp_path / CHECKPOINT_FILE).write_bytes(b"of something else")
        assert really_train(default_model_folder, tmp_path).read_bytes() == trained.read_bytes()
