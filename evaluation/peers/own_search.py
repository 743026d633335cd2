"""The product's own index and search over passages and vectors that are known already, without the model in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np

from api.container import Container, build_container
from api.settings import Settings
from api.shipped_content import VOCABULARY, chosen_tuning
from api.wiring import engines
from api.wiring.index import Snapshots
from api.wiring.words import Words, words_for
from indexing.late_interaction import QuestionVectors, TokenRows
from indexing.models import Passage
from indexing.ports import Embedder, IndexingParts, PassageSearcher, Progress, TokenEmbedder, Vectors
from indexing.reranking import RerankLoad
from indexing.vocabulary import load_vocabulary
from knowledge_base.ports import silent


@dataclass(eq=False)
class KnownVectors:
    """Implements Embedder for questions whose vectors are known; `fingerprint` is that of the embedder which made them."""

    fingerprint: str
    dimension: int
    questions: Mapping[str, QuestionVectors]

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.questions[text].vector for text in texts])

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        raise NotImplementedError  # vectors of passages are given


@dataclass(eq=False)
class KnownTokens(KnownVectors):
    """Implements TokenEmbedder likewise."""

    token_fingerprint: str

    def embed_passages_with_tokens(self, texts: Sequence[str], progress: Progress | None = None) -> tuple[Vectors, list[TokenRows]]:
        raise NotImplementedError  # tokens of passages are given

    def embed_question(self, text: str) -> QuestionVectors:
        return self.questions[text]


@cache
def product_words() -> Words:
    """Tokenizers of the vocabulary that comes with the program."""
    return words_for(lambda: load_vocabulary(VOCABULARY))


def write_index(settings: Settings, passages: Sequence[Passage], vectors: Vectors, tokens: Iterable[TokenRows], made_by: Embedder) -> None:
    """As a refresh does once it has the vectors: terms, both indexes, columns, checks, the switch. Raises IndexingError, OSError."""
    snapshots, words, tuning = _snapshots(build_container(settings)), product_words(), chosen_tuning(settings)
    tokenizer = words.shipped()
    parts = IndexingParts(
        embedder_fingerprint=made_by.fingerprint,
        dimension=made_by.dimension,
        tokenizer=tokenizer,
        lexical_fingerprint=tuning.lexical.fingerprint(tokenizer.fingerprint),
        adapter=engines.vector_adapter(settings, made_by),
        token_fingerprint=made_by.token_fingerprint if isinstance(made_by, TokenEmbedder) else "",
    )
    with snapshots.refreshing():
        snapshots.switch_to(snapshots.write(passages, vectors, parts, silent, tokens).snapshot_id)


def open_search(settings: Settings, embedder: Embedder) -> PassageSearcher:
    container = build_container(settings)
    return engines.searcher(_snapshots(container), embedder, product_words(), chosen_tuning(settings), container.regions, RerankLoad())


def _snapshots(container: Container) -> Snapshots:
    """The container shows only what pages need of them."""
    return cast("Snapshots", container.snapshots)
