"""Training the vector adapter: what is learned, what is held out, when the result is refused, what reaches the disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.adapter_folder import LOG, write_adapter
from indexing.adapters.head_trainer import TorchHeadTrainer
from indexing.adapters.vector_adapter import ResidualAdapter, load_adapter
from indexing.errors import NothingToLearn, TrainingRefused
from indexing.training.held_out_ranks import figures, reciprocal_ranks, right_places
from indexing.training.judgement import gain_interval
from indexing.training.models import QuestionSet, TrainedAdapter, TrainingQuestion
from indexing.training.negatives import hard_negatives
from indexing.training.recipe import Recipe
from indexing.training.train_adapter import refuse_a_loss, train_adapter
from indexing.vector_adaptation import UNADAPTED
from tests.training_material import BASE, DIMENSION, a_set, material, small_recipe


def trained(recipe: Recipe | None = None, *sets: QuestionSet, watched: tuple[QuestionSet, ...] = ()) -> TrainedAdapter:
    return train_adapter(material(*sets, watched=watched), recipe or small_recipe(), TorchHeadTrainer("cpu"), lambda *_: None)


@pytest.fixture(scope="module")
def learned() -> TrainedAdapter:
    return trained()


def test_held_out_questions_are_found_better(learned: TrainedAdapter) -> None:
    (found,) = learned.figures
    assert found.questions == 40
    assert found.after["mrr@10"] > found.before["mrr@10"] + 0.1
    assert found.low > 0
    refuse_a_loss(learned.figures)


def test_the_card_says_what_trained_it(learned: TrainedAdapter) -> None:
    assert isinstance(learned.adapter, ResidualAdapter)
    card = learned.adapter.card
    assert (card.base_model, card.base_fingerprint, card.dimension) == ("tiny-model", BASE, DIMENSION)
    (source,) = card.trained_on
    assert (source.name, source.licence, source.questions, source.passages) == ("turned", "自编", 120, 160)
    assert card.recipe["seeds"] == (1,)
    assert card.figures["turned"]["questions"] == 40
    assert card.hardware
    assert card.took_s > 0


def test_the_log_tells_which_questions_taught_and_which_tested(learned: TrainedAdapter) -> None:
    asked = learned.log["questions"]["turned"]
    assert not set(asked["taught"]) & set(asked["held_out"])
    assert len(asked["taught"]) + len(asked["held_out"]) == 160
    assert [epoch["number"] for epoch in learned.log["epochs"][0]["epochs"]] == list(range(1, 13))


def test_the_same_seed_gives_the_same_adapter() -> None:
    quick = small_recipe(optimiser={"epochs": 2}, shape={"dropout": 0.2}, negatives={"random": 20})
    assert trained(quick).adapter.fingerprint == trained(quick).adapter.fingerprint


def test_a_head_per_seed_is_added_up() -> None:
    from dataclasses import replace

    adapter = trained(replace(small_recipe(optimiser={"epochs": 1}), seeds=(1, 2, 3))).adapter
    assert isinstance(adapter, ResidualAdapter)
    assert {name.split(".")[1] for name in adapter.card.shapes} == {"0", "1", "2"}


def test_two_blocks_and_a_removed_centre_can_be_learned_too() -> None:
    found = trained(small_recipe(shape={"blocks": 2, "remove_centre": True}, optimiser={"noise": 0.05})).figures[0]
    assert found.after["mrr@10"] > found.before["mrr@10"] + 0.05


def moved(adapter: object) -> float:
    vectors = a_set().vectors
    assert isinstance(adapter, ResidualAdapter)
    after = adapter.passages(vectors)
    return float(np.mean((after @ after.T - vectors @ vectors.T) ** 2))


def test_holding_on_keeps_the_similarities_of_the_model() -> None:
    loose = trained(small_recipe(hold={"weight": 0.0})).adapter
    firm = trained(small_recipe(hold={"weight": 1000.0})).adapter
    assert moved(firm) < moved(loose) / 10


def test_nothing_of_the_step_kept_is_the_model_as_it_was() -> None:
    kept = trained(small_recipe(hold={"blend": 0.0}, optimiser={"epochs": 1}))
    assert moved(kept.adapter) < 1e-10
    assert kept.figures[0].before == kept.figures[0].after


def test_a_set_too_small_to_be_split_is_refused_by_name() -> None:
    with pytest.raises(NothingToLearn, match=r"tiny.*1 个可用的问题"):
        trained(None, a_set("tiny", count=1))


def test_several_sets_are_learned_at_once_and_each_is_measured() -> None:
    found = trained(None, a_set("one"), a_set("two", seed=4, count=120)).figures
    assert [each.name for each in found] == ["one", "two"]
    assert all(each.after["mrr@10"] > each.before["mrr@10"] for each in found)


def test_a_loss_on_any_set_is_refused_and_named() -> None:
    # Its questions stand on the other side of their passages than those that taught.
    result = trained(None, watched=(a_set("contrary", turned=-1.0, seed=5),))
    assert [each.loses for each in result.figures] == [False, True]
    with pytest.raises(TrainingRefused, match=r"^训练出的适配器没有写出：“contrary”的 160 个检验问题，MRR@10 由 0\.\d+ 变为 0\.\d+（"):
        refuse_a_loss(result.figures)


def test_a_set_that_is_only_watched_teaches_nothing() -> None:
    quick = small_recipe(optimiser={"epochs": 1})
    alone = trained(quick).adapter.fingerprint
    assert trained(quick, watched=(a_set("untouched", turned=0.0),)).adapter.fingerprint == alone


def test_chance_is_no_loss() -> None:
    chance = np.random.default_rng(1)
    before = chance.integers(0, 2, 50).astype(float)
    low, high = gain_interval(before, np.roll(before, 1), 500, 1)
    assert low <= 0 <= high
    assert gain_interval(before, before - 0.5, 500, 1)[1] < 0
    assert gain_interval(before, before + 0.5, 500, 1)[0] > 0


def test_hard_negatives_are_the_nearest_wrong_passages() -> None:
    one = a_set(turned=0.0)
    right = tuple(question.rows for question in one.questions)
    found = hard_negatives(one.question_vectors, one.vectors, right, 5)
    for place in (0, 70, 159):
        order = [row for row in np.argsort(-(one.vectors @ one.question_vectors[place])).tolist() if row != place]
        assert set(found[place].tolist()) == set(order[:5])
    assert hard_negatives(one.question_vectors[:2], one.vectors[:3], ((0,), (1,)), 100).shape == (2, 3)


def test_a_document_stands_where_its_best_passage_stands() -> None:
    vectors = np.eye(4, dtype=np.float32)
    question = np.array([[0.1, 0.9, 0.3, 0.2]], np.float32)
    one = QuestionSet("s", "", np.array([7, 7, 8, 9]), vectors, (TrainingQuestion("q", "问", (0, 3)),), question)
    places = right_places(one, [0], UNADAPTED)
    assert places == [[0, 2]]
    assert figures(places, [2]) == {"hit@1": 1.0, "hit@10": 1.0, "mrr@10": 1.0, "recall@100": 1.0}
    assert reciprocal_ranks([[2, 5], [], [10]]).tolist() == [pytest.approx(1 / 3), 0.0, 0.0]


class TestWriting:
    def test_adapter_card_and_log_are_written(self, learned: TrainedAdapter, tmp_path: Path) -> None:
        write_adapter(tmp_path / "out" / "adapter", learned)
        again = load_adapter(tmp_path / "out" / "adapter")
        assert again.fingerprint == learned.adapter.fingerprint
        assert np.array_equal(again.queries(a_set().question_vectors), learned.adapter.queries(a_set().question_vectors))
        assert json.loads((tmp_path / "out" / "adapter" / LOG).read_text(encoding="utf-8"))["questions"]

    def test_what_is_there_already_is_never_written_over(self, learned: TrainedAdapter, tmp_path: Path) -> None:
        with pytest.raises(FileExistsError):
            write_adapter(tmp_path, learned)

    def test_an_interrupted_writing_leaves_no_adapter_and_the_next_one_clears_up(
        self, learned: TrainedAdapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        save: Callable[[ResidualAdapter, Path], None] = ResidualAdapter.save

        def interrupted(adapter: ResidualAdapter, folder: Path) -> None:
            save(adapter, folder)
            raise KeyboardInterrupt

        monkeypatch.setattr(ResidualAdapter, "save", interrupted)
        with pytest.raises(KeyboardInterrupt):
            write_adapter(tmp_path / "adapter", learned)
        monkeypatch.undo()
        assert not (tmp_path / "adapter").exists()
        write_adapter(tmp_path / "adapter", learned)
        assert [path.name for path in tmp_path.iterdir()] == ["adapter"]
