"""Candidates of a search in a snapshot on the disk: both searches under one mask, then what each candidate has to say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from indexing.adapters.snapshot_columns import Mask, SnapshotColumns
from indexing.models import RankingMode
from indexing.rank_fusion import Scores
from indexing.searchable_index import Candidates, PreparedQuery, Rows, Timings, timed
from indexing.term_evidence import TermMatches, strongest

if TYPE_CHECKING:
    # An open snapshot gives its candidates by this module.
    from indexing.adapters.open_snapshot import OpenSnapshot, RowFilter


def find_candidates(snapshot: OpenSnapshot, query: PreparedQuery, timings: Timings) -> Candidates:
    with timed(timings, "mask"):
        allowed = snapshot.row_filter(query.day, query.regions)
    with timed(timings, "vector"):
        adapted = None if query.vector is None else snapshot.adapter.queries(query.vector.reshape(1, -1))[0]
        nearest = _nearest(snapshot, query, adapted, allowed)
    with timed(timings, "lexical"):
        scores = snapshot.lexical.scores(list(query.terms))
        matching = snapshot.best_lexical(scores, allowed, query.depth)
    with timed(timings, "evidence"):
        rows: Rows = np.union1d(nearest, matching)
        fused = query.vector is not None and query.mode is not RankingMode.VECTOR
        return Candidates(
            rows=rows,
            documents=snapshot.columns.document_ids[rows].astype(np.int64),
            cosines=np.zeros(len(rows), np.float32) if query.vector is None else snapshot.base_similarities(query.vector, rows),
            leading=snapshot.centred_similarities(adapted, rows) if adapted is not None and snapshot.adapter.fingerprint else None,
            lexical=scores[rows],
            ceiling=snapshot.lexical.ceiling(list(query.terms)),
            matches=term_matches(snapshot.lexical, snapshot.columns, query.terms, rows, allowed) if fused else None,
        )


def _nearest(snapshot: OpenSnapshot, query: PreparedQuery, adapted: npt.NDArray[np.float32] | None, allowed: RowFilter) -> Rows:
    if query.vector is None or adapted is None:
        return np.empty(0, dtype=np.int64)
    if query.by_base:
        return snapshot.nearest_by_base(query.vector, allowed, query.depth)
    return snapshot.nearest(adapted, allowed, query.depth)


class AllowedRows(Protocol):
    """Rows that may be found."""

    @property
    def mask(self) -> Mask | None:
        """None where all are."""

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """[documents]: how many of them each document has."""


class TermPostings(Protocol):
    """What an index knows of the terms of a question."""

    def postings(self, term: str) -> tuple[npt.NDArray[np.int32], Scores]:
        """The rows that hold it, in order, and what it adds to the score of each; both empty for a term never seen."""

    def rarity(self, term: str) -> float:
        """Its weight in BM25; a term never seen counts as the rarest."""


def term_matches(
    lexical: TermPostings, columns: SnapshotColumns, terms: Sequence[str], candidates: Rows, allowed: AllowedRows
) -> TermMatches:
    """`candidates` rise."""
    codes, document_count, mask = columns.document_ids, len(columns.documents), allowed.mask
    documents, document_of = np.unique(codes[candidates], return_inverse=True)
    postings = [lexical.postings(term) for term in terms]
    rows = np.concatenate([rows for rows, _ in postings]) if postings else np.empty(0, dtype=np.int32)
    scores = np.concatenate([scores for _, scores in postings]) if postings else np.empty(0, dtype=np.float32)
    column_of = np.repeat(np.arange(len(terms)), [len(found) for found, _ in postings])
    places = _places(documents, document_count)[codes]
    if mask is not None:
        places = np.where(mask, places, -1)
    return TermMatches(
        terms=terms,
        rarities=np.array([lexical.rarity(term) for term in terms], dtype=np.float64),
        own=strongest(_places(candidates, len(codes))[rows], column_of, scores, (len(candidates), len(terms))),
        best_of_document=strongest(places[rows], column_of, scores, (len(documents), len(terms))),
        document_of=document_of,
        sizes=allowed.sizes[documents],
    )


def _places(kept: npt.NDArray[np.integer], count: int) -> npt.NDArray[np.int64]:
    """By number: its place among `kept`, -1 for all others."""
    places = np.full(count, -1, dtype=np.int64)
    places[kept] = np.arange(len(kept))
    return places
