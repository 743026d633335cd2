"""The product under the same protocol as its neighbours, in a process of its own: with the vectors that they get, and as it ships.

It cuts the question into terms itself, which the neighbours are given; that is part of its time.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from api.settings import Settings
from evaluation.peers.own_search import KnownTokens, KnownVectors, open_search, write_index
from evaluation.peers.runners.protocol import PASSAGES, QUESTION_VECTORS, QUESTIONS, VECTORS, Question, SharedSet, run
from evaluation.peers.shared_set import OWN_QUESTION_VECTORS, OWN_TOKENS, OWN_VECTORS, SetRecord, read_record
from indexing.late_interaction import QuestionVectors, TokenRows
from indexing.models import Passage, PassageKind, RankingMode, SearchQuery
from indexing.paired_vectors import base_fingerprint
from knowledge_base.models import NATION_CODE

_LAPSED = "已经失效的规定"
_ANY_DAY, _IN_FORCE = (None, None), ("today", NATION_CODE)
_WITHOUT_TUNING = {
    "vector": (RankingMode.VECTOR, _ANY_DAY),
    "hybrid": (RankingMode.HYBRID, _ANY_DAY),
    "hybrid_in_force": (RankingMode.HYBRID, _IN_FORCE),
}
_SHIPPED = {"shipped": (RankingMode.DEFAULT, _IN_FORCE)}


class OwnRunner:
    """`shipped`: with the tuned vectors and the tokens beside; else an index of the vectors that all get, as without the tuned encoder."""

    def __init__(self, shared: Path, *, shipped: bool = False) -> None:
        self._shared, self._record, self._shipped = shared, _record(shared), shipped
        self._asked = _SHIPPED if shipped else _WITHOUT_TUNING
        self.kinds = tuple(self._asked)

    def build(self, shared: SharedSet, folder: Path) -> None:
        del shared  # the product has more to say of a passage than what all get
        passages = [*passages_of(self._shared)]
        vectors = np.load(self._shared / (OWN_VECTORS if self._shipped else VECTORS))
        # One that no longer binds: else every passage is allowed, and the filter by date and region would cost nothing.
        first = passages[0]
        lapsed = replace(first, id=f"{first.id}-lapsed", document_id="lapsed", text=_LAPSED, search_text=_LAPSED, ends_on=date(1950, 1, 1))
        tokens = _tokens(self._shared) if self._shipped and self._record.token_fingerprint else []
        write_index(_settings(folder), [*passages, lapsed], np.vstack([vectors, -vectors[:1]]), [*tokens, *tokens[:1]], self._embedder({}))

    def open(self, folder: Path) -> None:
        self._rows = {passage["id"]: row for row, passage in enumerate(_lines(self._shared / PASSAGES))}
        self._searcher = open_search(_settings(folder), self._embedder(_questions(self._shared, self._shipped)))
        self._today = datetime.now(UTC).date()
        self._searcher.search(SearchQuery(_LAPSED, limit=1), RankingMode.LEXICAL)

    def ask(self, kind: str, question: Question, limit: int) -> Sequence[int]:
        mode, (day, region) = self._asked[kind]
        found = self._searcher.search(SearchQuery(question.text, self._today if day else None, region, limit), mode)
        return [self._rows[hit.passage.id] for hit in found.hits if hit.passage.id in self._rows]

    def _embedder(self, questions: dict[str, QuestionVectors]) -> KnownVectors:
        made = self._record
        if not self._shipped:
            width = np.load(self._shared / QUESTION_VECTORS, mmap_mode="r").shape[1]
            return KnownVectors(base_fingerprint(made.embedder_fingerprint), width, questions)
        if made.token_fingerprint:
            return KnownTokens(made.embedder_fingerprint, made.dimension, questions, made.token_fingerprint)
        return KnownVectors(made.embedder_fingerprint, made.dimension, questions)


def passages_of(folder: Path) -> Iterator[Passage]:
    for row in _lines(folder / PASSAGES):
        del row["terms"]
        row["kind"] = PassageKind(row["kind"])
        row["heading_path"], row["paths"] = tuple(row["heading_path"]), tuple(row["paths"])
        row["effective_on"] = date.fromisoformat(row["effective_on"])
        row["ends_on"] = date.fromisoformat(row["ends_on"]) if row["ends_on"] else None
        yield Passage(**row)


def _questions(folder: Path, shipped: bool) -> dict[str, QuestionVectors]:
    vectors, nothing = np.load(folder / (OWN_QUESTION_VECTORS if shipped else QUESTION_VECTORS)), np.empty(0, np.float32)
    texts = [str(line["text"]) for line in _lines(folder / QUESTIONS)]
    kept = folder / f"question_{OWN_TOKENS}"
    if not (shipped and kept.is_file()):
        return {text: QuestionVectors(vector, nothing.reshape(0, 0), nothing) for text, vector in zip(texts, vectors, strict=True)}
    with np.load(kept) as told:
        ends = np.cumsum(told["counts"])[:-1]
        parts = zip(texts, vectors, np.split(told["tokens"], ends), np.split(told["shares"], ends), strict=True)
        return {text: QuestionVectors(vector, tokens, shares) for text, vector, tokens, shares in parts}


def _tokens(folder: Path) -> list[TokenRows]:
    with np.load(folder / OWN_TOKENS) as told:
        return np.split(told["rows"], np.cumsum(told["counts"])[:-1])


def _settings(folder: Path) -> Settings:
    return Settings(**{**Settings().model_dump(), "home": folder, "records_url": "", "index_url": "", "demonstration": False})


def _record(folder: Path) -> SetRecord:
    found = read_record(folder)
    if found is None:
        raise FileNotFoundError(folder)
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    run(OwnRunner(Path(sys.argv[2])))
