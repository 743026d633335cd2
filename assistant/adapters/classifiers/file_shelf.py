"""Keeps trained classifiers in a folder, one file each. Knows nothing of how they score."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from assistant.adapters.classifiers.classifier_file import read_file, read_heading, rebuild_classifier, write_classifier
from assistant.adapters.classifiers.learning_settings import LearningSettings
from assistant.adapters.classifiers.similarity_classifier import SimilarityClassifier
from assistant.classification import TextClassifier
from assistant.errors import ClassifierDamaged, ClassifierMismatch
from indexing.ports import Embedder, Tokenizer

_UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile)


class FileClassifierShelf:
    """The ClassifierShelf of this package. Words are cut with the tokenizer at hand; another one shows in a trainer's digest."""

    def __init__(self, folder: Path, embedder: Embedder, tokenizer: Tokenizer, settings: LearningSettings) -> None:
        self._folder, self._embedder, self._tokenizer, self._embedding = folder, embedder, tokenizer, settings.embedding

    def save(self, name: str, classifier: TextClassifier, facts: Mapping[str, float] | None = None) -> None:
        if not isinstance(classifier, SimilarityClassifier):
            raise TypeError(f"{type(classifier).__name__} was not trained by SklearnTrainer")
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=self._folder, suffix=".unfinished")
        try:
            with os.fdopen(handle, "wb") as stream:
                write_classifier(classifier, dict(facts or {}), stream)
                stream.flush()
                os.fsync(stream.fileno())
            Path(unfinished).replace(self._path(name))
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise

    def facts(self, name: str) -> Mapping[str, float]:
        try:
            return {str(fact): float(value) for fact, value in read_heading(self._path(name))["facts"].items()}
        except _UNREADABLE:
            return {}

    def load(self, name: str) -> TextClassifier | None:
        path = self._path(name)
        try:
            heading, arrays = read_file(path)
            trained_for = str(heading["embedder_fingerprint"])
        except FileNotFoundError:
            return None
        except _UNREADABLE as error:
            raise ClassifierDamaged(name) from error
        if trained_for != self._embedder.fingerprint:
            raise ClassifierMismatch(name, trained_for, self._embedder.fingerprint)
        try:
            return rebuild_classifier(heading, arrays, self._embedder, self._tokenizer, self._embedding)
        except _UNREADABLE as error:
            raise ClassifierDamaged(name) from error

    def _path(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='')}.npz"
