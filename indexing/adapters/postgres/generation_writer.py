"""Write one generation beside the others, in one transaction: only what is new, and where what is gone ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, text

from indexing.adapters.postgres import generation_files
from indexing.adapters.postgres.engine_tuning import EngineTuning
from indexing.adapters.postgres.generation_facts import GenerationFacts, keep_facts
from indexing.adapters.postgres.generation_rows import PassageWords, cut_into_words
from indexing.adapters.postgres.layout import SCHEMA
from indexing.adapters.postgres.numbers import ALIVE, Numbers, checksum, number_of, together
from indexing.adapters.postgres.queries import graph_rows
from indexing.adapters.postgres.row_copy import RowCopy, blocks
from indexing.adapters.postgres.term_counts import alive_among, count_terms
from indexing.adapters.snapshot_names import new_snapshot_id
from indexing.late_interaction import TokenRows
from indexing.models import Passage, SnapshotManifest
from indexing.ports import IndexingParts, PassageState, Progress, Vectors

# The names in statements are this module's own; what comes from outside is always a parameter.
# ruff: noqa: S608
_STEP = "写入索引快照"
_STEPS = 4


@dataclass(frozen=True, slots=True)
class _Alive:
    """Passages of the generation written last, by id: what they are, their numbers and their lengths in terms."""

    states: dict[str, PassageState] = field(default_factory=dict)
    passages: dict[str, int] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)


class GenerationWriter:
    """Of one generation; used once. Whatever goes wrong, the transaction of `connection` leaves nothing of it."""

    def __init__(  # noqa: PLR0913, PLR0917 (what a generation holds, and where)
        self,
        connection: Connection,
        passages: Sequence[Passage],
        vectors: Vectors,
        tokens: Iterable[TokenRows],
        parts: IndexingParts,
        numbers: EngineTuning,
    ) -> None:
        """`vectors` float32 [len(passages), dimension], as the model made them; `tokens` of each passage in turn."""
        self._tokens = tokens
        self._connection, self._passages, self._vectors = connection, passages, vectors
        self._parts, self._numbers = parts, numbers

    def write(self, progress: Progress) -> GenerationFacts:
        # Whoever else writes waits here.
        head = self._connection.execute(text(f"SELECT * FROM {SCHEMA}.head FOR UPDATE")).one()
        generation = head.generation + 1
        made_with = f"{self._parts.vector_fingerprint}\n{self._parts.lexical_fingerprint}\n{self._parts.token_fingerprint}"
        # What another model or other words made is replaced as a whole.
        alive = self._alive() if head.made_with == made_with else _Alive()
        now = [PassageState(passage.digest, passage.start, passage.end) for passage in self._passages]
        new = [
            place for place, (passage, state) in enumerate(zip(self._passages, now, strict=True)) if alive.states.get(passage.id) != state
        ]
        kept = {passage.id for passage in self._passages} - {self._passages[place].id for place in new}
        words = cut_into_words([self._passages[place] for place in new], self._parts.tokenizer, progress)
        progress(_STEP, 0, _STEPS)
        ended = [number for one, number in alive.passages.items() if one not in kept] if head.made_with == made_with else None
        count_terms(self._connection, generation, words, ended)
        self._end(ended, generation)
        progress(_STEP, 1, _STEPS)
        numbers = head.last_passage + 1 + np.arange(len(new), dtype=np.int64)
        self._copy(new, numbers, now, words, generation)
        progress(_STEP, 2, _STEPS)
        lengths = int(words.occurrences.sum()) + sum(alive.lengths[one] for one in kept)
        facts = self._facts(generation, now, lengths)
        keep_facts(self._connection, facts)
        generation_files.keep(self._connection, generation, self._parts)
        last = {"generation": generation, "last_passage": head.last_passage + len(new), "made_with": made_with}
        self._connection.execute(
            text(f"UPDATE {SCHEMA}.head SET generation = :generation, last_passage = :last_passage, made_with = :made_with"), last
        )
        self._lay_out_graph()
        progress(_STEP, 3, _STEPS)
        return facts

    def _alive(self) -> _Alive:
        query = text(
            f"SELECT x.id, x.digest, x.starts_at, x.ends_at, p.passage, p.length FROM {SCHEMA}.passages p"
            f" JOIN {SCHEMA}.texts x ON x.document = p.document AND x.passage = p.passage WHERE p.died = :alive"
        )
        found = _Alive()
        for row in self._connection.execute(query, {"alive": ALIVE}):
            found.states[row.id] = PassageState(row.digest, row.starts_at, row.ends_at)
            found.passages[row.id], found.lengths[row.id] = row.passage, row.length
        return found

    def _end(self, ended: list[int] | None, generation: int) -> None:
        """None: all that are alive."""
        update = text(f"UPDATE {SCHEMA}.passages p SET died = :generation WHERE {alive_among(ended)}")
        self._connection.execute(update, {"generation": generation, "alive": ALIVE, "ended": ended or []})

    def _copy(self, new: list[int], numbers: Numbers, now: list[PassageState], words: PassageWords, generation: int) -> None:
        documents = np.array([number_of(self._passages[place].document_id) for place in new], dtype=np.int64)
        lengths = words.lengths()
        passage_rows, text_rows = [], []
        for row, place in enumerate(new):
            passage, state = self._passages[place], now[place]
            key = int(documents[row]), int(numbers[row])
            passage_rows.append(
                (
                    *key,
                    generation,
                    ALIVE,
                    passage.effective_on,
                    passage.ends_on,
                    passage.jurisdiction,
                    int(lengths[row]),
                    checksum(passage.id, state),
                )
            )
            text_rows.append((*key, passage, *words.of(row)))
        copy = RowCopy(self._connection)
        copy.passages(passage_rows)
        copy.texts(text_rows)
        copy.vectors(documents, numbers, self._vectors[new], self._parts)
        if self._parts.token_fingerprint:
            copy.tokens(documents, numbers, new, self._tokens)
        copy.postings(words, documents, numbers, lengths)

    def _facts(self, generation: int, now: list[PassageState], length: int) -> GenerationFacts:
        adapter, count = self._parts.adapter, len(self._passages)
        searched, base = np.zeros(adapter.width(self._parts.dimension)), np.zeros(adapter.width(self._parts.dimension))
        for start, end in blocks(count):
            searched += adapter.passages(self._vectors[start:end]).sum(axis=0, dtype=np.float64)
            base += adapter.base(self._vectors[start:end]).sum(axis=0, dtype=np.float64)
        centre, of_base = searched / max(count, 1), base / max(count, 1)
        manifest = SnapshotManifest(
            snapshot_id=new_snapshot_id(),
            created_at=datetime.now(UTC),
            passage_count=count,
            document_count=len({passage.document_id for passage in self._passages}),
            dimension=len(centre),
            embedder_fingerprint=self._parts.vector_fingerprint,
            tokenizer_fingerprint=self._parts.lexical_fingerprint,
            token_fingerprint=self._parts.token_fingerprint,
            checksums={"passages": together(checksum(passage.id, state) for passage, state in zip(self._passages, now, strict=True))},
        )
        average_length = length / count if count and length else 1.0
        return GenerationFacts(generation, manifest, average_length, min(float(of_base @ of_base), 0.99), centre.astype(np.float32))

    def _lay_out_graph(self) -> None:
        """Once for each dimension, when there are too many vectors to look at each; later rows are added as they come."""
        dimension = self._parts.adapter.width(self._parts.dimension)
        if len(self._passages) <= self._numbers.exact_rows:
            return
        self._connection.exec_driver_sql(f"SET LOCAL maintenance_work_mem = '{self._numbers.build_memory_mb}MB'")
        self._connection.exec_driver_sql(
            f"CREATE INDEX IF NOT EXISTS vectors_nearest_{dimension} ON {SCHEMA}.vectors"
            f" USING hnsw ((CAST(searched AS vector({dimension}))) vector_ip_ops)"
            f" WITH (m = {self._numbers.graph_neighbours}, ef_construction = {self._numbers.graph_building})"
            f" WHERE {graph_rows(dimension, 'vectors')}"
        )
