"""Chroma on the disk: a persistent client with its default graph. Its fusion with words (`search`, `Rrf`) is not in the local client."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import chromadb
from chromadb.config import Settings

from evaluation.peers.runners.protocol import Question, SharedSet, run

_NAME = "passages"


def _client(folder: Path) -> chromadb.ClientAPI:
    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


class ChromaRunner:
    kinds = ("vector",)

    def build(self, shared: SharedSet, folder: Path) -> None:
        client = _client(folder)
        collection = client.create_collection(_NAME, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
        step, texts, vectors = client.get_max_batch_size(), shared.texts, shared.vectors
        for start in range(0, len(texts), step):
            rows = range(start, min(start + step, len(texts)))
            collection.add(ids=[str(row) for row in rows], embeddings=vectors[start : rows.stop], documents=texts[start : rows.stop])

    def open(self, folder: Path) -> None:
        self._collection = _client(folder).get_collection(_NAME, embedding_function=None)

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        del kind  # there is one alone
        found = self._collection.query(query_embeddings=[question.vector], n_results=limit, include=["distances"])
        return [int(row) for row in found["ids"][0]]


if __name__ == "__main__":
    run(ChromaRunner())
