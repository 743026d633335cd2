"""One generation, opened for reading: what it was made with and what is asked of every passage in memory, its rows in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, TextClause

from indexing.adapters.passage_lines import read_passage
from indexing.adapters.postgres import queries
from indexing.adapters.postgres.allowed import Allowed
from indexing.adapters.postgres.engine_tuning import EngineTuning
from indexing.adapters.postgres.generation_candidates import CandidateSearch
from indexing.adapters.postgres.generation_facts import GenerationFacts
from indexing.adapters.postgres.kept import Kept
from indexing.adapters.postgres.known_passages import WIDTH, KnownPassages
from indexing.adapters.postgres.known_words import KnownWords
from indexing.adapters.postgres.numbers import as_hex
from indexing.adapters.postgres.question_words import QuestionWords
from indexing.adapters.postgres.reading import Reader, array, reading, sent
from indexing.adapters.postgres.server_words import WordsOnServer
from indexing.adapters.snapshot_columns import Mask
from indexing.errors import SnapshotDamaged
from indexing.late_interaction import TokenRows
from indexing.models import Passage
from indexing.ports import VectorAdapter
from indexing.searchable_index import Candidates, PreparedQuery, Timings, timed
from indexing.tuning import Tuning

_Value = TypeVar("_Value")
_MB = 1 << 20
# Terms in one statement, which has its time limit.
_WARMED_AT_ONCE = 32


@dataclass(frozen=True, slots=True, eq=False)
class _AllowedRows:
    """How many they are. `mask` over the known passages, None where all are allowed or none is known; `sizes` of their documents."""

    count: int
    mask: Mask | None = None
    sizes: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))


class OpenGeneration:
    """Implements SearchableIndex; rows are the numbers of passages in the database."""

    def __init__(self, engine: Engine, facts: GenerationFacts, adapter: VectorAdapter, tuning: Tuning, numbers: EngineTuning) -> None:
        """Raises SnapshotDamaged where the rows are not those that were written."""
        # One statement is one moment by itself; a search begins its transaction in its own words.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.facts, self.manifest, self.adapter = facts, facts.manifest, adapter
        self._tuning, self._numbers = tuning, numbers
        self._allowed: Kept[Allowed, _AllowedRows] = Kept(tuning.snapshots.cached_masks)
        self._texts: Kept[int, bytes] = Kept(numbers.kept_texts_mb * _MB, len)
        self._tokens: Kept[int, TokenRows] = Kept(numbers.kept_tokens_mb * _MB, lambda rows: rows.nbytes)
        self.words = self._known_words()

    @property
    def average_cosine(self) -> float:
        return self.facts.average_cosine

    def candidates(self, query: PreparedQuery, timings: Timings) -> Candidates:
        allowed = Allowed(self.facts.generation, query.day, query.regions)
        with reading(self._engine, self._numbers.answer_within_s) as reader:
            with timed(timings, "mask"):
                if not reader.begins(queries.settings(self._numbers), self.facts.generation, self.manifest.snapshot_id):
                    raise self.gone()
                rows = self._allowed_rows(reader, allowed)
            search = CandidateSearch(reader, self, query, allowed, rows.count, self._numbers)
            return search.run(lambda: self._question(reader, query, allowed, rows), timings)

    def read(self, found: Candidates, places: npt.NDArray[np.int64]) -> list[Passage]:
        bodies: dict[int, bytes] = self._read(self._texts, queries.BODIES, found, places, bytes)
        return [read_passage(bodies[passage]) for passage in found.rows[places].tolist()]

    def tokens(self, found: Candidates, places: npt.NDArray[np.int64]) -> list[TokenRows]:
        def of_rows(width: int, content: bytes) -> TokenRows:
            return np.frombuffer(content, np.int8).reshape(-1, width)

        rows: dict[int, TokenRows] = self._read(self._tokens, queries.TOKENS, found, places, of_rows)
        return [rows[passage] for passage in found.rows[places].tolist()]

    def warm(self, other: OpenGeneration) -> None:
        """Read the words that were asked of another generation, so that a switch slows nobody down. Raises StoreUnavailable."""
        if self.words is None or other.words is None:
            return
        used = other.words.used()
        with reading(self._engine, self._numbers.answer_within_s) as reader:
            for start in range(0, len(used), _WARMED_AT_ONCE):
                self.words.read(reader, used[start : start + _WARMED_AT_ONCE])

    def gone(self) -> SnapshotDamaged:
        return SnapshotDamaged(self.manifest.snapshot_id, "数据库里已经没有这个快照")

    def _read(
        self, kept: Kept[int, _Value], statement: TextClause, found: Candidates, places: npt.NDArray[np.int64], made: Callable[..., _Value]
    ) -> dict[int, _Value]:
        """By number of the passage. Raises SnapshotDamaged where one is no longer there."""
        passages = found.rows[places]
        known = kept.get(passages.tolist())
        missing = places[[passage not in known for passage in passages.tolist()]]
        if not len(missing):
            return known
        asked = {"documents": array(np.unique(found.documents[missing])), "passages": array(found.rows[missing])}
        with reading(self._engine, self._numbers.answer_within_s) as reader:
            read = {row[0]: made(*row[1:]) for row in reader.rows(statement, asked)}
        if len(read) != len(missing):
            raise self.gone()
        kept.keep(read)
        return known | read

    def _question(self, reader: Reader, query: PreparedQuery, allowed: Allowed, rows: _AllowedRows) -> QuestionWords:
        if self.words is not None:
            return self.words.question(reader, query.terms, rows)
        share = rows.count / max(self.manifest.passage_count, 1)
        return WordsOnServer.of(reader, query.terms, self.facts, allowed, share, self._tuning, self._numbers)

    def _allowed_rows(self, reader: Reader, allowed: Allowed) -> _AllowedRows:
        if kept := self._allowed.get([allowed]):
            return kept[allowed]
        if self.words is None:
            rows = _AllowedRows(int(reader.rows(queries.counted(allowed), allowed.parameters)[0][0]))
        else:
            columns = self.words.passages.columns
            mask = columns.mask(allowed.day, allowed.regions)
            sizes = np.bincount(columns.document_ids[mask], minlength=len(columns.documents))
            rows = _AllowedRows(int(mask.sum()), None if mask.all() else mask, sizes)
        self._allowed.keep({allowed: rows})
        return rows

    def _known_words(self) -> KnownWords | None:
        """Of an index of moderate size. Raises SnapshotDamaged where the rows are not those that were written."""
        every = Allowed(self.facts.generation)
        passages = None
        with self._engine.connect() as connection:
            reader = Reader(connection)
            if self.manifest.passage_count > self._numbers.known_passages:
                count, joined = reader.rows(queries.summed_up(every), every.parameters)[0]
            else:
                regions = reader.pairs(queries.every_passage(every), every.parameters)
                passages = KnownPassages.of(list(regions), [sent(content, WIDTH) for content in regions.values()])
                count, joined = len(passages), int(np.bitwise_xor.reduce(passages.checksums))
        if count != self.manifest.passage_count or as_hex(joined) != self.manifest.checksums.get("passages"):
            raise SnapshotDamaged(self.manifest.snapshot_id, "数据库里的段落与写入时不一致")
        if passages is None:
            return None
        return KnownWords(passages, self.facts, self._tuning.lexical, self._numbers.kept_postings_mb * _MB)
