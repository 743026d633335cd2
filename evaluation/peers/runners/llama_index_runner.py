"""LlamaIndex: an exact FAISS store and its BM25Retriever over the terms, fused by its QueryFusionRetriever (reciprocal ranks)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
from llama_index.core import MockEmbedding, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import QueryBundle, TextNode
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

from evaluation.peers.runners.protocol import Question, SharedSet, run

_WORDS, _VECTORS = "words", "vectors"
_BETWEEN_SPACES = r"\S+"


class LlamaIndexRunner:
    kinds = ("vector", "hybrid")

    def build(self, shared: SharedSet, folder: Path) -> None:
        vectors = shared.vectors
        # Its fusion takes two hits for one only where their texts agree, so both have to be made of the terms.
        pairs = enumerate(zip(shared.terms, vectors.tolist(), strict=True))
        nodes = [TextNode(id_=str(row), text=terms, embedding=vector) for row, (terms, vector) in pairs]
        storage = StorageContext.from_defaults(vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatIP(vectors.shape[1])))
        VectorStoreIndex(nodes, storage_context=storage, embed_model=_model()).storage_context.persist(str(folder / _VECTORS))
        BM25Retriever.from_defaults(nodes=nodes, skip_stemming=True, token_pattern=_BETWEEN_SPACES).persist(str(folder / _WORDS))

    def open(self, folder: Path) -> None:
        kept = str(folder / _VECTORS)
        storage = StorageContext.from_defaults(vector_store=FaissVectorStore.from_persist_dir(kept), persist_dir=kept)
        self._index = load_index_from_storage(storage, embed_model=_model())
        self._words = BM25Retriever.from_persist_dir(str(folder / _WORDS))
        # Both are not kept with it.
        self._words.token_pattern, self._words.skip_stemming = _BETWEEN_SPACES, True

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        nearest, self._words.similarity_top_k = self._index.as_retriever(similarity_top_k=limit), limit
        asked = QueryBundle(question.terms, embedding=question.vector.tolist())
        if kind == "vector":
            return [int(found.node.node_id) for found in nearest.retrieve(asked)]
        both = QueryFusionRetriever(
            [nearest, self._words], llm=MockLLM(), mode="reciprocal_rerank", similarity_top_k=limit, num_queries=1, use_async=False
        )
        return [int(found.node.node_id) for found in both.retrieve(asked)]


def _model() -> MockEmbedding:
    """Never asked: all vectors are given."""
    return MockEmbedding(embed_dim=1)


if __name__ == "__main__":
    run(LlamaIndexRunner())
