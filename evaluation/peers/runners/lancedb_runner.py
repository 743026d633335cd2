"""LanceDB as its documentation has hybrid search: one table, a full-text index over the terms, fused by its reciprocal ranks (K=60).

No vector index: up to 100,000 rows its documentation advises to search them all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

# Before the import, which reads it: else every single search writes a warning, and writing it takes time.
os.environ.setdefault("LANCEDB_LOG", "error")

import lancedb
import pyarrow as pa
from lancedb.index import FTS
from lancedb.rerankers import RRFReranker

from evaluation.peers.runners.protocol import Question, SharedSet, run

_NAME = "passages"


class LanceRunner:
    kinds = ("vector", "hybrid")

    def build(self, shared: SharedSet, folder: Path) -> None:
        vectors = shared.vectors
        listed = pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), vectors.shape[1])
        rows = pa.table({"row": list(range(len(vectors))), "text": shared.texts, "terms": shared.terms, "vector": listed})
        table = lancedb.connect(str(folder)).create_table(_NAME, rows)
        between_spaces = FTS(base_tokenizer="whitespace", stem=False, remove_stop_words=False, ascii_folding=False)
        table.create_index("terms", config=between_spaces)

    def open(self, folder: Path) -> None:
        self._table = lancedb.connect(str(folder)).open_table(_NAME)
        self._fusion = RRFReranker()

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        if kind == "vector":
            query = self._table.search(question.vector).distance_type("cosine")
        else:
            query = self._table.search(query_type="hybrid").vector(question.vector).text(question.terms).distance_type("cosine")
            query = query.rerank(self._fusion)
        found: list[int] = query.limit(limit).select(["row"]).to_arrow()["row"].to_pylist()
        return found


if __name__ == "__main__":
    run(LanceRunner())
