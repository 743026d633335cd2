"""How classifiers learn: the settings, the closed form for examples left out, and what is chosen at training."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from assistant.adapters.classifiers import SklearnTrainer, load_learning_settings
from assistant.adapters.classifiers.calibration import confidences, fit_sharpness
from assistant.adapters.classifiers.example_choice import choose_examples, label_names
from assistant.adapters.classifiers.label_sharing import find_sharing, taken_for_another
from assistant.adapters.classifiers.learning_settings import LEARNING_FILE, SharingSettings
from assistant.adapters.classifiers.message_views import read_views
from assistant.adapters.classifiers.remembered_vectors import RememberedVectors
from assistant.adapters.classifiers.ridge import Table, fit, scores_left_out
from assistant.adapters.classifiers.term_counts import TermCounts, character_runs
from assistant.classification import LabelledText
from indexing.ports import Vectors
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.embedder import FakeEmbedder
from tests.labelled_messages import LESSONS

SETTINGS = load_learning_settings()


def test_every_number_of_the_settings_file_is_loaded() -> None:
    table = tomllib.loads(LEARNING_FILE.read_text(encoding="utf-8"))
    sharing = table.pop("sharing")
    assert asdict(SETTINGS.sharing) == sharing | {"strengths": tuple(sharing["strengths"])}
    for part, numbers in table.items():
        loaded = getattr(SETTINGS, part)
        assert set(numbers) == set(loaded.__slots__)
        assert {name: value for name, value in numbers.items() if name != "mixtures"} == {
            name: getattr(loaded, name) for name in numbers if name != "mixtures"
        }
    assert [mixture["words"] for mixture in table["likeness"]["mixtures"]] == [mixture.words for mixture in SETTINGS.likeness.mixtures]


def test_every_number_that_changes_what_is_learned_changes_the_digest() -> None:
    def digest(settings: object) -> str:
        return SklearnTrainer(FakeEmbedder(), BigramTokenizer(), settings).digest(LESSONS)  # type: ignore[arg-type]  # replaced below

    changed = [
        replace(SETTINGS, **{part: replace(getattr(SETTINGS, part), **{name: getattr(getattr(SETTINGS, part), name) + 1})})
        for part in ("reading", "characters", "fitting")
        for name in getattr(SETTINGS, part).__slots__
    ]
    changed.append(replace(SETTINGS, sharing=replace(SETTINGS.sharing, strengths=())))
    changed.append(replace(SETTINGS, sharing=replace(SETTINGS.sharing, least_gain=0.5)))
    changed.append(replace(SETTINGS, likeness=replace(SETTINGS.likeness, mixtures=SETTINGS.likeness.mixtures[:1])))
    assert len({digest(settings) for settings in [SETTINGS, *changed]}) == len(changed) + 1


def test_another_embedder_or_tokenizer_gives_another_digest() -> None:
    digests = {
        SklearnTrainer(FakeEmbedder(dimension), BigramTokenizer(name), SETTINGS).digest(LESSONS) for dimension in (32, 64) for name in "ab"
    }
    assert len(digests) == 4


def test_shares_that_do_not_sum_to_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "learning.toml"
    path.write_text(LEARNING_FILE.read_text(encoding="utf-8").replace("words = 0.25", "words = 0.35"), encoding="utf-8")
    with pytest.raises(ValueError, match="之和应为 1"):
        load_learning_settings(path)


def alike(rows: int) -> Table:
    points = np.random.default_rng(3).normal(size=(rows, 4)).astype(np.float32)
    return np.asarray(np.exp(-((points[:, None] - points[None]) ** 2).sum(axis=2)), np.float32)


def test_scores_of_groups_left_out_equal_those_of_learning_without_them() -> None:
    likeness, targets = alike(12), np.random.default_rng(4).normal(size=(12, 3)).astype(np.float32)
    groups = [np.array([0, 5, 7]), *(np.array([place]) for place in (1, 2, 3, 4, 6, 8, 9, 10, 11))]
    weights, inverse = fit(likeness.copy(), targets, penalties=0.1)
    scores = scores_left_out(targets, weights, inverse, groups)
    for group in groups:
        rest = np.setdiff1d(np.arange(12), group)
        learned = np.linalg.solve(likeness[np.ix_(rest, rest)] + 0.1 * np.eye(len(rest)), targets[rest])
        assert np.allclose(scores[group], likeness[np.ix_(group, rest)] @ learned, atol=2e-3)


def test_labels_that_are_taken_for_one_another_lend_each_other_score() -> None:
    numbers = np.repeat(np.arange(3), 20)
    scores = np.eye(3, dtype=np.float32)[numbers]
    scores[:20, 1], scores[20:40, 0] = 0.4, 0.2
    assert taken_for_another(scores, numbers) == pytest.approx(np.array([[0, 0.3, 0], [0.3, 0, 0], [0, 0, 0]]))


def test_labels_share_as_much_as_tells_examples_left_out_best() -> None:
    numbers, rng = np.repeat(np.arange(8), 40), np.random.default_rng(5)
    clear = np.eye(8, dtype=np.float32)[numbers] + rng.normal(0, 0.4, (320, 8)).astype(np.float32)
    assert np.array_equal(find_sharing(clear, numbers, SharingSettings((3.0,), 0.02), 0.5, 60).table, np.eye(8))
    # Labels come in pairs; half of the examples score for the other of the pair alone.
    paired = np.eye(8, dtype=np.float32)[np.where(rng.random(320) < 0.5, numbers, numbers ^ 1)]
    shared = find_sharing(paired, numbers, SharingSettings((3.0,), 0.02), 0.5, 60)
    assert shared.table[0, 1] > 1
    assert abs(shared.table[0, 2]) < 0.01


def test_sharpness_makes_confidences_as_high_as_they_are_right() -> None:
    labels = np.array([0] * 80 + [1] * 20)
    scores = np.tile(np.array([[1.0, 0.0]], np.float32), (100, 1))
    sharpness, _ = fit_sharpness(scores, labels, 0.5, 60)
    assert confidences(scores, sharpness)[0, 0] == pytest.approx(0.8, abs=0.01)


def test_above_the_limit_labels_give_up_examples_evenly() -> None:
    examples = [LabelledText(f"第{number}条", label) for label, count in (("多", 50), ("少", 5)) for number in range(count)]
    kept = choose_examples(examples, 12)
    assert sorted(one.label for one in kept) == ["多"] * 7 + ["少"] * 5
    assert choose_examples(examples[::-1], 12) == kept


def test_examples_thinned_out_are_still_judged() -> None:
    settings = replace(SETTINGS, fitting=replace(SETTINGS.fitting, max_examples=9))
    assert len(SklearnTrainer(FakeEmbedder(), BigramTokenizer(), settings).out_of_fold(LESSONS)) == len(LESSONS)


def test_only_label_names_that_say_something_in_chinese_serve_as_examples() -> None:
    assert label_names(["交通运输", "inquiry", "臺北市政府法務局", "A"]) == ["交通运输", "臺北市政府法務局"]


def test_a_message_without_a_title_is_read_as_its_own_title_and_the_other_way_round() -> None:
    assert read_views([("", "ＡＢ\n 丙_x000D_丁")], titled=True, max_characters=99) == (["ab 丙 丁"], ["ab 丙 丁"])
    assert read_views([("题", "")], titled=True, max_characters=99) == (["题"], ["题"])
    assert read_views([("题", "文")], titled=False, max_characters=99) == (["题 文"],)


class CountingEmbedder(FakeEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.embedded: list[str] = []

    def embed_queries(self, texts: list[str]) -> Vectors:  # type: ignore[override]  # lists are all it is given here
        self.embedded += texts
        return super().embed_queries(texts)


def test_a_text_is_embedded_once_however_often_it_is_asked_for() -> None:
    embedder = CountingEmbedder()
    trainer = SklearnTrainer(embedder, BigramTokenizer(), SETTINGS)
    trainer.train(LESSONS)
    trainer.train([*LESSONS, LabelledText("新的一条", "教育文体")])
    assert len(embedder.embedded) == len(set(embedder.embedded))


def test_texts_least_recently_asked_for_are_forgotten_first() -> None:
    embedder = CountingEmbedder()
    vectors = RememberedVectors(embedder, replace(SETTINGS.embedding, remembered_texts=2))
    for texts in (["甲"], ["乙"], ["甲"], ["丙"], ["甲"], ["乙"]):
        vectors.of(texts)
    assert embedder.embedded == ["甲", "乙", "丙", "乙"]


def test_vectors_come_in_the_order_of_the_texts_whatever_is_known() -> None:
    vectors, texts = RememberedVectors(FakeEmbedder(), SETTINGS.embedding), [f"第{number}句" for number in range(90)]
    vectors.of(texts[10:20])
    assert np.array_equal(vectors.of([*texts, texts[0]]), FakeEmbedder().embed_queries([*texts, texts[0]]))


def test_one_text_is_counted_as_the_examples_were() -> None:
    texts = ["路灯坏了坏了，没人修", "公交车什么时候来", "", "路灯"]
    counts, rows = TermCounts.fitted(texts, character_runs(1, 2))
    assert counts.rows(texts).toarray() == pytest.approx(rows.toarray(), abs=1e-6)
    assert not counts.rows(["ＸＹ"]).toarray().any()
