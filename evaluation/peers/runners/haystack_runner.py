"""Haystack's hybrid pipeline on the store that comes with it: BM25 and vectors in memory, joined by reciprocal ranks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore

from evaluation.peers.runners.protocol import Question, SharedSet, run

_STORE = "store.json"


class HaystackRunner:
    kinds = ("vector", "hybrid")

    def build(self, shared: SharedSet, folder: Path) -> None:
        store = InMemoryDocumentStore(bm25_tokenization_regex=r"(?u)\S+", embedding_similarity_function="cosine")
        # Its BM25 reads the content, so that has to be the terms.
        pairs = enumerate(zip(shared.terms, shared.vectors.tolist(), strict=True))
        store.write_documents([Document(id=str(row), content=terms, embedding=vector) for row, (terms, vector) in pairs])
        store.save_to_disk(str(folder / _STORE))

    def open(self, folder: Path) -> None:
        store = InMemoryDocumentStore.load_from_disk(str(folder / _STORE))
        self._nearest = InMemoryEmbeddingRetriever(store)
        self._both = Pipeline()
        self._both.add_component("words", InMemoryBM25Retriever(store))
        self._both.add_component("nearest", InMemoryEmbeddingRetriever(store))
        self._both.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion"))
        self._both.connect("words.documents", "joiner.documents")
        self._both.connect("nearest.documents", "joiner.documents")

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        vector = question.vector.tolist()
        if kind == "vector":
            found = self._nearest.run(query_embedding=vector, top_k=limit)
        else:
            asked = {
                "words": {"query": question.terms, "top_k": limit},
                "nearest": {"query_embedding": vector, "top_k": limit},
                "joiner": {"top_k": limit},
            }
            found = self._both.run(asked)["joiner"]
        return [int(document.id) for document in found["documents"]]


if __name__ == "__main__":
    run(HaystackRunner())
