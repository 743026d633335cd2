"""Candidates of a search in a generation: the nearest vectors in the database, the best by words, then what each has to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import TextClause

from indexing.adapters.postgres import queries
from indexing.adapters.postgres.allowed import Allowed
from indexing.adapters.postgres.engine_tuning import EngineTuning
from indexing.adapters.postgres.numbers import Numbers
from indexing.adapters.postgres.question_words import Found, QuestionWords
from indexing.adapters.postgres.reading import Reader, array, vector
from indexing.models import RankingMode
from indexing.rank_fusion import Scores
from indexing.searchable_index import Candidates, PreparedQuery, Timings, timed

if TYPE_CHECKING:
    # An open generation gives its candidates by this module.
    from indexing.adapters.postgres.open_generation import OpenGeneration

_Figures = npt.NDArray[np.float64]
"""By candidate: its inner products with the adapted question, with the centre, and of its own vector with the question as it came."""


class CandidateSearch:
    """One search, within one transaction that sees one moment."""

    def __init__(  # noqa: PLR0913, PLR0917 (what is asked, of what, and by which numbers)
        self, reader: Reader, index: OpenGeneration, query: PreparedQuery, allowed: Allowed, allowed_count: int, numbers: EngineTuning
    ) -> None:
        self._reader, self._index, self._query, self._allowed = reader, index, query, allowed
        self._allowed_count, self._numbers = allowed_count, numbers
        asked = None if query.vector is None else query.vector.reshape(1, -1)
        self._adapted = None if asked is None else index.adapter.queries(asked)[0]
        self._base = None if asked is None else index.adapter.base(asked)[0]

    def run(self, words_of: Callable[[], QuestionWords], timings: Timings) -> Candidates:
        with timed(timings, "vector"):
            found = self._nearest()
        with timed(timings, "lexical"):
            words = words_of()
            found |= words.best(self._query.depth)
        with timed(timings, "evidence"):
            return self._weighed(found, words)

    def _nearest(self) -> Found:
        query = self._query
        if self._adapted is None or self._base is None:
            return {}
        if query.by_base:
            return self._pairs(queries.nearest_by_scan(self._allowed, by_base=True), self._base)
        if not self._scans():
            by_graph = queries.nearest_by_graph(self._allowed, self._index.manifest.dimension)
            found = dict(self._reader.rows_under(queries.GRAPH_ONLY, by_graph, self._asked(self._adapted), queries.GRAPH_OR_NOT))
            if len(found) >= min(query.depth, self._allowed_count):
                return found
        return self._pairs(queries.nearest_by_scan(self._allowed, by_base=False), self._adapted)

    def _pairs(self, statement: TextClause, asked: npt.NDArray[np.float32]) -> Found:
        return self._reader.pairs(statement, self._asked(asked))

    def _asked(self, asked: npt.NDArray[np.float32]) -> dict[str, Any]:
        return self._allowed.parameters | {"depth": self._query.depth, "vector": vector(asked)}

    def _scans(self) -> bool:
        """Few enough to look at them all, or so few of all that the graph would mostly lead to others."""
        numbers, share = self._numbers, self._allowed_count / max(self._index.manifest.passage_count, 1)
        return self._allowed_count <= numbers.exact_rows or share < numbers.exact_share or self._query.depth > numbers.ef_search

    def _weighed(self, found: Found, words: QuestionWords) -> Candidates:
        passages = np.array(sorted(found), dtype=np.int64)
        documents = np.array([found[passage] for passage in passages.tolist()], dtype=np.int64)
        figures = self._figures(passages, documents)
        fused = self._query.vector is not None and self._query.mode is not RankingMode.VECTOR
        said = words.said(passages, documents, whole=fused)
        return Candidates(
            rows=passages,
            documents=documents,
            cosines=figures[:, 2].astype(np.float32),
            leading=self._leading(figures),
            lexical=said.lexical,
            ceiling=said.ceiling,
            matches=said.matches,
        )

    def _figures(self, passages: Numbers, documents: Numbers) -> _Figures:
        if self._adapted is None or self._base is None or not len(passages):
            return np.zeros((len(passages), 3))
        asked: dict[str, Any] = {"adapted": vector(self._adapted), "centre": vector(self._index.facts.centre), "base": vector(self._base)}
        rows = self._reader.rows(queries.FIGURES, asked | {"documents": array(np.unique(documents)), "passages": array(passages)})
        figures: _Figures = np.array(sorted(rows), dtype=np.float64)[:, 1:]
        return figures

    def _leading(self, figures: _Figures) -> Scores | None:
        """Cosines of the adapted vectors after the centre is taken from both sides, from inner products alone."""
        if self._adapted is None or not self._index.adapter.fingerprint:
            return None
        centre, question = self._index.facts.centre, self._adapted - self._index.facts.centre
        adapted, central = figures[:, 0], figures[:, 1]
        products = adapted - central - float(self._adapted @ centre) + float(centre @ centre)
        # Searched vectors have unit length.
        lengths = np.sqrt(np.maximum(1 - 2 * central + float(centre @ centre), 0)) * np.linalg.norm(question)
        cosines: Scores = (products / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
        return cosines
