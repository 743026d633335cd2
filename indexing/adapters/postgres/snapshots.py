"""The shelf of snapshots in PostgreSQL: generations of rows, and one row that names the current one."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from weakref import WeakSet

import numpy as np
import structlog
from sqlalchemy import Engine, text

from indexing.adapters.current_snapshot import PointerState
from indexing.adapters.postgres import generation_files
from indexing.adapters.postgres.allowed import Allowed
from indexing.adapters.postgres.clearing import clear_away, tidy
from indexing.adapters.postgres.engine_tuning import EngineTuning, engine_tuning
from indexing.adapters.postgres.generation_facts import GenerationFacts, facts_of, manifest_from_json
from indexing.adapters.postgres.generation_writer import GenerationWriter
from indexing.adapters.postgres.layout import SCHEMA, engine_words
from indexing.adapters.postgres.open_generation import OpenGeneration
from indexing.adapters.postgres.reading import reading
from indexing.adapters.rollback import roll_back
from indexing.errors import RefreshInProgress, SnapshotDamaged
from indexing.late_interaction import TokenRows
from indexing.models import Passage, RankingMode, SnapshotManifest
from indexing.ports import IndexingParts, PassageState, Progress, Vectors
from indexing.searchable_index import PreparedQuery
from indexing.tuning import Tuning, default_tuning
from indexing.vocabulary import PolicyVocabulary
from knowledge_base.errors import StoreUnavailable

# The names in statements are this module's own.
# ruff: noqa: S608
# Any fixed number: PostgreSQL's advisory locks are named by numbers.
_REFRESH_LOCK = 7_305_012
_PROBES = 5
_log = structlog.get_logger(__name__)


class PostgresSnapshots:
    """Implements SnapshotShelf and SnapshotSource on an engine that went through `prepare_passages`. Safe across processes."""

    def __init__(self, engine: Engine, tuning: Tuning | None = None, numbers: EngineTuning | None = None) -> None:
        self._engine, self._tuning, self._numbers = engine, tuning or default_tuning(), numbers or engine_tuning()
        self._opened: WeakSet[OpenGeneration] = WeakSet()
        self._opening = threading.Lock()

    def engine(self) -> str:
        return engine_words(self._engine)

    def snapshot_ids(self) -> tuple[str, ...]:
        """Newest first."""
        with self._engine.connect() as connection:
            found = connection.execute(text(f"SELECT snapshot_id FROM {SCHEMA}.generations ORDER BY snapshot_id DESC"))
            return tuple(found.scalars())

    def snapshots(self) -> tuple[SnapshotManifest, ...]:
        with self._engine.connect() as connection:
            found = connection.execute(text(f"SELECT manifest FROM {SCHEMA}.generations ORDER BY snapshot_id DESC"))
            return tuple(manifest_from_json(written) for written in found.scalars())

    def current_id(self) -> str | None:
        query = f"SELECT g.snapshot_id FROM {SCHEMA}.pointer JOIN {SCHEMA}.generations g USING (generation)"
        with reading(self._engine, self._numbers.answer_within_s) as reader:
            found = reader.rows(text(query), {})
        return str(found[0][0]) if found else None

    def pointer_state(self) -> PointerState | None:
        """Changes with every switch."""
        with reading(self._engine, self._numbers.answer_within_s) as reader:
            ((generation, switches),) = reader.rows(text(f"SELECT generation, switches FROM {SCHEMA}.pointer"), {})
        return None if generation is None else (generation, switches)

    def current(self) -> SnapshotManifest | None:
        snapshot_id = self.current_id()
        return self.manifest(snapshot_id) if snapshot_id else None

    def manifest(self, snapshot_id: str) -> SnapshotManifest:
        return self._facts(snapshot_id).manifest

    def open(self, snapshot_id: str) -> OpenGeneration:
        """Knows from the start the words that were asked of those that are open. Raises SnapshotDamaged where its rows are not those that
        were written.
        """
        opened = self._checked(snapshot_id)
        with self._opening:
            others = sorted(self._opened, key=lambda one: one.manifest.snapshot_id)
            self._opened.add(opened)
        for other in others:
            opened.warm(other)
        return opened

    def _checked(self, snapshot_id: str) -> OpenGeneration:
        with self._engine.connect() as connection:
            facts = facts_of(connection, snapshot_id)
            adapter = generation_files.adapter(connection, facts)
        return OpenGeneration(self._engine, facts, adapter, self._tuning, self._numbers)

    def vocabulary(self, snapshot_id: str) -> PolicyVocabulary | None:
        with self._engine.connect() as connection:
            return generation_files.vocabulary(connection, facts_of(connection, snapshot_id))

    def passage_states(self, snapshot_id: str) -> dict[str, PassageState]:
        generation = self._checked(snapshot_id).facts.generation
        query = text(
            f"SELECT x.id, x.digest, x.starts_at, x.ends_at FROM {SCHEMA}.passages p JOIN {SCHEMA}.texts x"
            " ON x.document = p.document AND x.passage = p.passage WHERE p.born <= :generation AND :generation < p.died ORDER BY x.passage"
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query, {"generation": generation})
            return {passage_id: PassageState(digest, start, end) for passage_id, digest, start, end in rows}

    def token_digests(self, snapshot_id: str) -> dict[str, str]:
        facts = self._facts(snapshot_id)
        if not facts.manifest.token_fingerprint:
            return {}
        query = text(
            f"SELECT x.id, encode(sha256(t.content), 'hex') FROM {SCHEMA}.passages p"
            f" JOIN {SCHEMA}.texts x ON x.document = p.document AND x.passage = p.passage"
            f" JOIN {SCHEMA}.tokens t ON t.document = p.document AND t.passage = p.passage WHERE {Allowed(facts.generation).condition}"
        )
        with self._engine.connect() as connection:
            return dict(map(tuple, connection.execute(query, Allowed(facts.generation).parameters)))

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """One refresh at a time across processes and machines; a lock dies with its connection."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _REFRESH_LOCK}).scalar_one():
                raise RefreshInProgress
            try:
                yield
            finally:
                # Where the connection was lost, so was the lock.
                with suppress(StoreUnavailable):
                    connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _REFRESH_LOCK})

    def write(
        self,
        passages: Sequence[Passage],
        vectors: Vectors,
        parts: IndexingParts,
        progress: Progress,
        tokens: Iterable[TokenRows] = (),
    ) -> SnapshotManifest:
        try:
            with self._engine.begin() as connection:
                facts = GenerationWriter(connection, passages, vectors, tokens, parts, self._numbers).write(progress)
        except self._engine.dialect.loaded_dbapi.Error as error:
            # Copying speaks with the driver itself, whose errors nobody else puts into words.
            raise StoreUnavailable("写入索引时数据库出错，原来的索引不受影响。请检查数据库的连接和磁盘空间后重试。") from error
        tidy(self._engine)
        try:
            self._verify(facts, passages, vectors, parts)
        except SnapshotDamaged:
            self.discard(facts.manifest.snapshot_id)
            raise
        progress("写入索引快照", 4, 4)
        return facts.manifest

    def switch_to(self, snapshot_id: str) -> None:
        """One row in one step: a search sees the old generation or the new one."""
        point = text(
            f"UPDATE {SCHEMA}.pointer SET switches = switches + 1, generation = g.generation"
            f" FROM {SCHEMA}.generations g WHERE g.snapshot_id = :snapshot_id"
        )
        with self._engine.begin() as connection:
            if connection.execute(point, {"snapshot_id": snapshot_id}).rowcount != 1:
                raise SnapshotDamaged(snapshot_id, "没有这个快照")

    def rollback(self, to: str | None = None) -> str:
        """Make an older snapshot current again (`to`, or the newest sound one before the current) and return its id.

        Raises SnapshotDamaged where `to` is not sound, NoSnapshot where nothing older is left.
        """
        return roll_back(self, self._checked, to)

    def discard(self, snapshot_id: str) -> None:
        if snapshot_id != self.current_id():
            clear_away(self._engine, [snapshot_id])

    def prune(self) -> None:
        current = self.current_id()
        clear_away(self._engine, [found for found in self.snapshot_ids()[self._tuning.snapshots.keep :] if found != current])

    def _facts(self, snapshot_id: str) -> GenerationFacts:
        with self._engine.connect() as connection:
            return facts_of(connection, snapshot_id)

    def _verify(self, facts: GenerationFacts, passages: Sequence[Passage], vectors: Vectors, parts: IndexingParts) -> None:
        """Reopen with counts and checksum, then find a few passages by their own vectors and words."""
        index = self._checked(facts.manifest.snapshot_id)
        if parts.token_fingerprint and self._with_tokens(facts) != len(passages):
            raise SnapshotDamaged(facts.manifest.snapshot_id, "词元向量的段落数与写入的不一致")
        probes = np.linspace(0, len(passages) - 1, num=min(_PROBES, len(passages)), dtype=int).tolist()
        for place in probes:
            terms = tuple(dict.fromkeys(parts.tokenizer.passage_terms(passages[place].search_text)))
            query = PreparedQuery(RankingMode.DEFAULT, vectors[place], terms, None, None, self._tuning.fusion.candidates)
            found = index.candidates(query, {})
            read = list(index.read(found, np.arange(len(found.rows))))
            # Of texts that are the same more than the depth of a search may stand before this one.
            same = [at for at, passage in enumerate(read) if passage.search_text == passages[place].search_text]
            if not same or (terms and not found.lexical[same].all()):
                raise SnapshotDamaged(facts.manifest.snapshot_id, f"第 {place + 1} 段写入后查不到")

    def _with_tokens(self, facts: GenerationFacts) -> int:
        """Passages of which token vectors are kept."""
        of_generation = Allowed(facts.generation)
        query = text(
            f"SELECT count(*) FROM {SCHEMA}.passages p JOIN {SCHEMA}.tokens t ON t.document = p.document AND t.passage = p.passage"
            f" WHERE {of_generation.condition}"
        )
        with self._engine.connect() as connection:
            return int(connection.execute(query, of_generation.parameters).scalar_one())
