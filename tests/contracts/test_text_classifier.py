"""What every ClassifierTrainer and its TextClassifier promise, run on the fake and on the real one with two embedders."""

from __future__ import annotations

import random

import pytest

from assistant.classification import ClassifierTrainer, LabelledText
from assistant.errors import TooFewExamples
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.classifiers import FakeTrainer
from tests.fakes.embedder import FakeEmbedder
from tests.labelled_messages import LESSONS, LETTERS
from tests.model_fixtures import default_embedder, default_model_folder  # noqa: F401  fixtures are imported to be found


@pytest.fixture(scope="module", params=["fake", "real, fake vectors", pytest.param("real", marks=pytest.mark.model)])
def trainer(request: pytest.FixtureRequest) -> ClassifierTrainer:
    if request.param == "fake":
        return FakeTrainer()
    from assistant.adapters.classifiers import SklearnTrainer, load_learning_settings

    embedder = request.getfixturevalue("default_embedder") if request.param == "real" else FakeEmbedder()
    return SklearnTrainer(embedder, BigramTokenizer(), load_learning_settings())


def test_a_message_like_the_examples_of_a_label_gets_that_label(trainer: ClassifierTrainer) -> None:
    classifier = trainer.train(LESSONS)
    assert classifier.classify("公交车多久一趟")[0].label == "交通运输"
    assert classifier.classify("公司拖欠工资怎么办")[0].label == "劳动和社会保障"


def test_every_label_is_ranked_best_first_and_confidences_sum_to_one(trainer: ClassifierTrainer) -> None:
    ranked = trainer.train(LESSONS).classify("老师补课收费")
    assert {one.label for one in ranked} == {one.label for one in LESSONS}
    assert sorted((one.confidence for one in ranked), reverse=True) == [one.confidence for one in ranked]
    assert sum(one.confidence for one in ranked) == pytest.approx(1)


def test_labels_are_all_that_occur_in_order(trainer: ClassifierTrainer) -> None:
    assert trainer.train(LESSONS).labels == tuple(sorted({one.label for one in LESSONS}))


def test_titles_count(trainer: ClassifierTrainer) -> None:
    classifier = trainer.train(LETTERS)
    assert classifier.classify("请尽快处理。", "公交车半小时一趟")[0].label == "交通运输"


def test_many_at_once_are_classified_like_one_by_one(trainer: ClassifierTrainer) -> None:
    classifier = trainer.train(LETTERS)
    messages = [("学位", "幼儿园报不上名"), ("", "社保卡丢了"), ("出租车拒载", "")]
    for (title, text), ranked in zip(messages, classifier.classify_many(messages), strict=True):
        alone = classifier.classify(text, title)
        assert [one.label for one in ranked] == [one.label for one in alone]
        assert [one.confidence for one in ranked] == pytest.approx([one.confidence for one in alone], abs=1e-4)


def test_no_messages_give_no_rankings(trainer: ClassifierTrainer) -> None:
    assert trainer.train(LESSONS).classify_many([]) == []


@pytest.mark.parametrize("text", ["", "  \n ", "??!", "😀", "\ud800", "a" * 100_000])
def test_any_text_gets_a_full_ranking(trainer: ClassifierTrainer, text: str) -> None:
    assert sum(one.confidence for one in trainer.train(LESSONS).classify(text)) == pytest.approx(1)


def test_the_same_examples_in_any_order_give_the_same_classifier(trainer: ClassifierTrainer) -> None:
    shuffled = list(LESSONS)
    random.Random(5).shuffle(shuffled)  # noqa: S311 - an order, no secret
    one, other = trainer.train(LESSONS), trainer.train(shuffled)
    assert one.training_digest == other.training_digest
    assert one.classify("学校收费") == other.classify("学校收费")


def test_the_digest_is_known_before_training_and_changes_with_any_example(trainer: ClassifierTrainer) -> None:
    assert trainer.train(LESSONS).training_digest == trainer.digest(LESSONS)
    changed = (*LESSONS[:-1], LabelledText(LESSONS[-1].text, "教育文体"))
    assert len({trainer.digest(LESSONS), trainer.digest(changed), trainer.digest(LESSONS[1:]), trainer.digest(LETTERS)}) == 4


def test_examples_left_out_are_judged_in_the_order_given(trainer: ClassifierTrainer) -> None:
    shuffled = list(LESSONS)
    random.Random(7).shuffle(shuffled)  # noqa: S311 - an order, no secret
    by_text = {one.text: ranked for one, ranked in zip(LESSONS, trainer.out_of_fold(LESSONS), strict=True)}
    for one, ranked in zip(shuffled, trainer.out_of_fold(shuffled), strict=True):
        assert ranked == by_text[one.text]


def test_an_example_left_out_is_not_learned_from(trainer: ClassifierTrainer) -> None:
    """Its twin says otherwise, so whoever remembered it would get it right."""
    odd = LabelledText("单位不给交养老保险怎么投诉", "交通运输")
    examples = (*LESSONS, odd)
    assert trainer.train(examples).classify(odd.text)[0].label == "交通运输"
    assert trainer.out_of_fold(examples)[-1][0].label == "劳动和社会保障"


def test_fewer_than_two_labels_cannot_be_learned(trainer: ClassifierTrainer) -> None:
    for few in ((), LESSONS[:3]):
        with pytest.raises(TooFewExamples, match="请补充样例"):
            trainer.train(few)


def test_examples_without_any_text_cannot_be_learned(trainer: ClassifierTrainer) -> None:
    with pytest.raises(TooFewExamples):
        trainer.train([LabelledText(" ", "甲"), LabelledText("", "乙")])


def test_one_example_of_a_label_is_enough(trainer: ClassifierTrainer) -> None:
    classifier = trainer.train([*LESSONS, LabelledText("工厂夜里排放黑烟", "环境保护")])
    assert classifier.classify("工厂夜里排放黑烟和废水")[0].label == "环境保护"
