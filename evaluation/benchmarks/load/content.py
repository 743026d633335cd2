"""What the service is asked about: the demonstration content and laws in the records, their vectors, the index and one refresh of it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from api.container import Container, build_container
from api.demonstration import import_demonstration
from api.settings import Settings
from evaluation.benchmarks.peak_memory import peak_mib
from evaluation.benchmarks.refresh_bench import new_document
from evaluation.benchmarks.search_corpus import corpus_editions, texts_words, vectors_of, vectors_words
from indexing.models import Passage
from indexing.passage_splitter import guide_passage, split_edition
from knowledge_base.ports import silent
from knowledge_base.validity import editions

VECTORS = "searched-vectors.npy"
"""Beside the records: what is searched, for the exact scan."""


def prepare(size: int, embed: int) -> dict[str, object]:
    """Records with at least `size` passages (whole documents), and a vector for each in the cache: no index is written yet."""
    started, container = time.perf_counter(), build_container(Settings())
    import_demonstration(container, "benchmark", silent)
    own, laws = _demonstration_passages(container), list[Passage]()
    for edition in corpus_editions():
        if len(own) + len(laws) >= size:
            break
        container.documents.add(edition.revision)
        laws += split_edition(edition)
    passages = [*own, *laws]
    embedded = min(len(own) + embed, len(passages))
    _remember(container, passages, embedded)
    # As `zhengwen setup` does: the service starts with everything learned.
    container.learn()
    return {
        "passages_in_index": len(passages),
        "embedded": embedded,
        "recombined": texts_words(laws),
        "origin": f"{len(own)} 段示范内容、{texts_words(laws)}；{vectors_words(len(passages), embedded)}",
        "seconds": round(time.perf_counter() - started, 1),
    }


def build() -> dict[str, object]:
    """The first index of all that is in the records; every vector is known already, so computing them is not in it."""
    container = build_container(Settings())
    report = container.synchroniser().refresh()
    return {"build_s": round(report.duration_s, 1), "embedded": report.embedded, "peak_mib": peak_mib()}


def refresh() -> dict[str, object]:
    """A document of ten articles is published and indexed, examined and switched to, as by `zhengwen index refresh`."""
    container = build_container(Settings())
    container.documents.add(new_document(container, container.documents.count()))
    container.embedder().embed_queries(["预热"])
    started = time.perf_counter()
    run = container.index.run_now("benchmark", "", silent)
    return {
        "refresh_s": round(time.perf_counter() - started, 1),
        "embedded": run.counts.embedded,
        "unchanged": run.counts.unchanged,
        "peak_mib": peak_mib(),
    }


def _demonstration_passages(container: Container) -> list[Passage]:
    found = [passage for history in container.documents.histories() for edition in editions(history) for passage in split_edition(edition)]
    return found + [guide_passage(guide) for guide in container.guides.all()]


def _remember(container: Container, passages: list[Passage], embedded: int) -> None:
    synchroniser, texts = container.synchroniser(), [passage.search_text for passage in passages]
    vectors, tokens = vectors_of(passages, embedded, container.embedder(), silent)
    synchroniser.vectors.remember(texts, vectors)
    if synchroniser.vectors.tokens:
        synchroniser.vectors.tokens.remember(texts, tokens)
    np.save(Path(container.settings.home) / VECTORS, synchroniser.adapter.passages(vectors))
