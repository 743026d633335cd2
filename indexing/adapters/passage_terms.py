"""Term ids of every passage, kept in the snapshot so that the next refresh cuts into words only what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexing.adapters.lexical_index import Ids, Offsets
from indexing.character_pairs import character_pairs
from indexing.models import Passage
from indexing.passage_splitter import text_digest
from indexing.ports import Progress, Tokenizer

_REPORT_EVERY = 500


@dataclass(frozen=True, slots=True)
class PassageTerms:
    """`ids[offsets[i]:offsets[i+1]]` are the terms of row i, numbered by `vocabulary`."""

    ids: Ids
    offsets: Offsets
    vocabulary: dict[str, int]

    def save(self, path: Path) -> None:
        np.savez(path, ids=self.ids, offsets=self.offsets)

    @classmethod
    def load(cls, path: Path, vocabulary: dict[str, int]) -> PassageTerms:
        with np.load(path, allow_pickle=False) as arrays:
            return cls(arrays["ids"], arrays["offsets"], vocabulary)

    def row(self, row: int) -> Ids:
        return self.ids[self.offsets[row] : self.offsets[row + 1]]


def collect_terms(
    passages: Sequence[Passage], tokenizer: Tokenizer, known: PassageTerms | None, known_rows: Mapping[str, int], progress: Progress
) -> PassageTerms:
    """Terms of `passages`; those whose text digest is in `known_rows` are copied from that row of `known`, the rest are cut now."""
    vocabulary = dict(known.vocabulary) if known else {}
    rows: list[Ids] = []
    for done, passage in enumerate(passages, start=1):
        row = known_rows.get(text_digest(passage.search_text))
        if known is not None and row is not None:
            rows.append(known.row(row))
        else:
            terms = [*tokenizer.passage_terms(passage.search_text), *character_pairs(passage.search_text)]
            rows.append(np.array([vocabulary.setdefault(term, len(vocabulary)) for term in terms], dtype=np.int32))
        if done % _REPORT_EVERY == 0 or done == len(passages):
            progress("切分词语", done, len(passages))
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    ids = np.concatenate(rows).astype(np.int32) if rows else np.empty(0, dtype=np.int32)
    return PassageTerms(ids, offsets, vocabulary)
