"""What every ClassifierShelf promises, run on the one in memory and on files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.adapters.classifiers import FileClassifierShelf, SklearnTrainer, load_learning_settings
from assistant.classification import ClassifierShelf, TextClassifier
from assistant.errors import ClassifierDamaged, ClassifierMismatch
from tests.fakes.bigram_tokenizer import BigramTokenizer
from tests.fakes.classifiers import FakeTrainer, MemoryShelf
from tests.fakes.embedder import FakeEmbedder
from tests.labelled_messages import LESSONS, LETTERS

MESSAGES = [("", "公交车多久一趟"), ("补课", "学校收费很高")]


class Kind:
    """A kind of shelf; `shelf(dimension)` opens it for an embedder of that dimension."""

    def __init__(self, shelf: Callable[[int], ClassifierShelf], trained: Callable[[int], TextClassifier]) -> None:
        self.shelf, self.trained = shelf, trained


@pytest.fixture(params=["memory", "files"])
def kind(request: pytest.FixtureRequest, tmp_path: Path) -> Kind:
    if request.param == "memory":
        kept = MemoryShelf()

        def opened(dimension: int) -> ClassifierShelf:
            shelf = MemoryShelf(f"fake-character-ngrams/{dimension}")
            shelf.kept = kept.kept
            return shelf

        return Kind(opened, lambda lessons: FakeTrainer().train((LESSONS, LETTERS)[lessons]))
    return Kind(
        lambda dimension: FileClassifierShelf(
            tmp_path / "classifiers", FakeEmbedder(dimension), BigramTokenizer(), load_learning_settings()
        ),
        lambda lessons: file_trainer().train((LESSONS, LETTERS)[lessons]),
    )


def file_trainer() -> SklearnTrainer:
    return SklearnTrainer(FakeEmbedder(), BigramTokenizer(), load_learning_settings())


@pytest.mark.parametrize("lessons", [0, 1])
def test_what_was_saved_classifies_exactly_as_before(kind: Kind, lessons: int) -> None:
    classifier = kind.trained(lessons)
    kind.shelf(64).save("routing", classifier)
    loaded = kind.shelf(64).load("routing")
    assert loaded is not None
    assert (loaded.labels, loaded.training_digest) == (classifier.labels, classifier.training_digest)
    assert loaded.embedder_fingerprint == classifier.embedder_fingerprint
    assert loaded.classify_many(MESSAGES) == classifier.classify_many(MESSAGES)


def test_nothing_is_loaded_where_nothing_was_saved(kind: Kind) -> None:
    assert kind.shelf(64).load("routing") is None
    assert kind.shelf(64).facts("routing") == {}


def test_facts_are_kept_beside_the_classifier_and_replaced_with_it(kind: Kind) -> None:
    kind.shelf(64).save("intents", kind.trained(0), {"accuracy": 0.9})
    assert kind.shelf(64).facts("intents") == {"accuracy": 0.9}
    kind.shelf(64).save("intents", kind.trained(0))
    assert kind.shelf(64).facts("intents") == {}


def test_saving_again_replaces_and_other_names_stay(kind: Kind) -> None:
    shelf = kind.shelf(64)
    shelf.save("a/b 甲", kind.trained(0))
    shelf.save("other", kind.trained(0))
    newer = kind.trained(1)
    shelf.save("a/b 甲", newer)
    digests = [one.training_digest for one in (shelf.load("a/b 甲"), shelf.load("other")) if one]
    assert digests == [newer.training_digest, kind.trained(0).training_digest]


def test_one_trained_for_another_embedder_is_refused_with_both_names(kind: Kind) -> None:
    kind.shelf(64).save("routing", kind.trained(0))
    with pytest.raises(ClassifierMismatch, match=r"/64.*/32.*重新训练"):
        kind.shelf(32).load("routing")


@pytest.fixture
def saved_file(tmp_path: Path) -> Path:
    shelf_of(tmp_path).save("routing", file_trainer().train(LESSONS), {"accuracy": 0.9})
    return next(tmp_path.iterdir())


def shelf_of(folder: Path) -> FileClassifierShelf:
    return FileClassifierShelf(folder, FakeEmbedder(), BigramTokenizer(), load_learning_settings())


def flipped(whole: bytes) -> bytes:
    """One byte of the numbers changed, which only a checksum can tell."""
    middle = len(whole) // 2
    return whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]


@pytest.mark.parametrize("damage", [lambda whole: b"", lambda whole: whole[: len(whole) // 2], lambda whole: b"x" * 300, flipped])
def test_a_damaged_file_is_refused_with_what_to_do(saved_file: Path, damage: Callable[[bytes], bytes]) -> None:
    saved_file.write_bytes(damage(saved_file.read_bytes()))
    with pytest.raises(ClassifierDamaged, match="重新训练"):
        shelf_of(saved_file.parent).load("routing")
    assert shelf_of(saved_file.parent).facts("routing") in ({}, {"accuracy": 0.9})


def test_a_save_that_fails_leaves_the_old_one_and_no_rest(saved_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("assistant.adapters.classifiers.file_shelf.write_classifier", full)
    with pytest.raises(OSError, match="space"):
        shelf_of(saved_file.parent).save("routing", file_trainer().train(LETTERS))
    assert list(saved_file.parent.iterdir()) == [saved_file]
    assert shelf_of(saved_file.parent).load("routing") is not None
