"""What the words of a question say for passages: asked of by a search, answered from memory or by the server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from indexing.adapters.postgres.numbers import Numbers
from indexing.rank_fusion import Scores
from indexing.term_evidence import TermMatches

Found = dict[int, int]
"""The document of each passage, by their numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class SaidByWords:
    """As in Candidates, of the passages that were asked about, in their order."""

    lexical: Scores
    ceiling: float
    matches: TermMatches | None


class QuestionWords(Protocol):
    """Of one search."""

    def best(self, depth: int) -> Found:
        """The allowed passages with the best BM25 scores, exactly; at most `depth`."""

    def said(self, passages: Numbers, documents: Numbers, *, whole: bool) -> SaidByWords:
        """`passages` rise, `documents` are theirs; `matches` only where the `whole` is asked for."""
