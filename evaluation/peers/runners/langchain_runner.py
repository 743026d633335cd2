"""LangChain with FAISS: its exact FAISS store, its BM25Retriever over the terms, both in its EnsembleRetriever with equal weights."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import Embeddings

from evaluation.peers.runners.protocol import Question, SharedSet, Vectors, run

_WORDS = "words.pickle"


class GivenVectors(Embeddings):
    """Gives the vector of the question that is being asked."""

    vector: Vectors

    def embed_query(self, text: str) -> list[float]:
        del text  # its vector is known
        found: list[float] = self.vector.tolist()
        return found

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError  # vectors of passages are given


class LangChainRunner:
    kinds = ("vector", "hybrid")

    def build(self, shared: SharedSet, folder: Path) -> None:
        rows = [{"row": row} for row in range(len(shared.texts))]
        store = FAISS.from_embeddings(zip(shared.texts, shared.vectors.tolist(), strict=True), GivenVectors(), metadatas=rows)
        store.save_local(str(folder))
        (folder / _WORDS).write_bytes(pickle.dumps(BM25Retriever.from_texts(shared.terms, metadatas=rows)))

    def open(self, folder: Path) -> None:
        self._given = GivenVectors()
        self._store = FAISS.load_local(str(folder), self._given, allow_dangerous_deserialization=True)
        self._words = pickle.loads((folder / _WORDS).read_bytes())  # noqa: S301 - written by `build`; there is no other way to keep it

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        self._given.vector, self._words.k = question.vector, limit
        nearest = self._store.as_retriever(search_kwargs={"k": limit})
        both = EnsembleRetriever(retrievers=[self._words, nearest], weights=[0.5, 0.5], id_key="row")
        found = (nearest if kind == "vector" else both).invoke(question.terms)
        return [document.metadata["row"] for document in found[:limit]]


if __name__ == "__main__":
    run(LangChainRunner())
