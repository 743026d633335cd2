"""A trained classifier as one file: NumPy arrays without pickles and a JSON heading, so that opening one runs no code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from assistant.adapters.classifiers.learning_settings import EmbeddingSettings, LearningSettings, Mixture, settings_from
from assistant.adapters.classifiers.likeness import ReadView, ViewReader
from assistant.adapters.classifiers.remembered_vectors import RememberedVectors
from assistant.adapters.classifiers.similarity_classifier import LearnedParts, SimilarityClassifier
from assistant.adapters.classifiers.term_counts import TermCounts, Terms, character_runs
from indexing.ports import Embedder, Tokenizer

FORMAT = 1
Arrays = dict[str, npt.NDArray[Any]]
Heading = dict[str, Any]


def write_classifier(classifier: SimilarityClassifier, facts: Mapping[str, float], stream: BinaryIO) -> None:
    parts = classifier.parts
    heading: Heading = {
        "format": FORMAT,
        "labels": classifier.labels,
        "training_digest": classifier.training_digest,
        "embedder_fingerprint": classifier.embedder_fingerprint,
        "settings": asdict(classifier.settings),
        "facts": dict(facts),
        "titled": parts.titled,
        "sharpness": parts.sharpness,
        "mixture": asdict(parts.mixture),
        "views": [{"characters": _in_order(reader.characters), "words": _in_order(reader.words)} for reader in parts.readers],
    }
    arrays: Arrays = {"weights": parts.weights, "offsets": parts.offsets}
    for number, (reader, view) in enumerate(zip(parts.readers, parts.examples, strict=True)):
        arrays |= {f"{number}.centre": reader.centre, f"{number}.vectors": view.vectors}
        for kind, counts, rows in (("characters", reader.characters, view.characters), ("words", reader.words, view.words)):
            arrays |= _sparse_arrays(f"{number}.{kind}", rows) | {f"{number}.{kind}.weights": counts.weights}
    arrays["heading"] = np.frombuffer(json.dumps(heading, ensure_ascii=True).encode(), np.uint8)
    np.savez(stream, allow_pickle=False, **arrays)


def read_heading(path: Path) -> Heading:
    """Raises as read_file does."""
    with np.load(path, allow_pickle=False) as stored:
        heading: Heading = json.loads(stored["heading"].tobytes())
    if heading["format"] != FORMAT:
        raise ValueError(f"format {heading['format']}")
    return heading


def read_file(path: Path) -> tuple[Heading, Arrays]:
    """Raises OSError, ValueError, KeyError or zipfile.BadZipFile for anything but a whole file of this format."""
    heading = read_heading(path)
    with np.load(path, allow_pickle=False) as stored:
        return heading, {name: stored[name] for name in stored.files}


def rebuild_classifier(
    heading: Heading, arrays: Mapping[str, npt.NDArray[Any]], embedder: Embedder, tokenizer: Tokenizer, embedding: EmbeddingSettings
) -> SimilarityClassifier:
    """Scores exactly as the one that was written. Raises KeyError, TypeError or ValueError where something is missing."""
    settings = settings_from(heading["settings"])
    readers, examples = [], []
    for number, view in enumerate(heading["views"]):
        reader = _reader(number, view, arrays, settings, tokenizer)
        readers.append(reader)
        examples.append(
            ReadView(
                _sparse(f"{number}.characters", arrays, len(reader.characters.places)),
                _sparse(f"{number}.words", arrays, len(reader.words.places)),
                arrays[f"{number}.vectors"],
            )
        )
    sharpness, mixture = float(heading["sharpness"]), Mixture(**heading["mixture"])
    parts = LearnedParts(heading["titled"], tuple(readers), tuple(examples), arrays["weights"], arrays["offsets"], sharpness, mixture)
    vectors = RememberedVectors(embedder, embedding)
    return SimilarityClassifier(tuple(heading["labels"]), heading["training_digest"], parts, vectors, settings)


def _reader(
    number: int, view: Mapping[str, list[str]], arrays: Mapping[str, npt.NDArray[Any]], settings: LearningSettings, tokenizer: Tokenizer
) -> ViewReader:
    def counts(kind: str, terms: Terms) -> TermCounts:
        places = {term: place for place, term in enumerate(view[kind])}
        return TermCounts(terms, places, arrays[f"{number}.{kind}.weights"])

    runs = character_runs(settings.characters.shortest, settings.characters.longest)
    words = counts("words", tokenizer.passage_terms)
    return ViewReader(counts("characters", runs), words, arrays[f"{number}.centre"], settings.reading.head_characters)


def _in_order(counts: TermCounts) -> list[str]:
    return sorted(counts.places, key=counts.places.__getitem__)


def _sparse_arrays(name: str, rows: csr_matrix) -> Arrays:
    return {f"{name}.values": rows.data, f"{name}.columns": rows.indices, f"{name}.starts": rows.indptr}


def _sparse(name: str, arrays: Mapping[str, npt.NDArray[Any]], terms: int) -> csr_matrix:
    """Turned: one row per term."""
    columns, examples = arrays[f"{name}.columns"], len(arrays["weights"])
    return csr_matrix((arrays[f"{name}.values"], columns, arrays[f"{name}.starts"]), shape=(terms, examples))
