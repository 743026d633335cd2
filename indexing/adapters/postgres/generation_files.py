"""Vocabulary and adapter that a generation was made with, kept with it as files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import Connection, text

from indexing.adapters.open_snapshot import adapter_of
from indexing.adapters.postgres.generation_facts import GenerationFacts
from indexing.adapters.postgres.layout import SCHEMA
from indexing.adapters.snapshot_format import ADAPTER, VOCABULARY
from indexing.errors import AdapterUnavailable, SnapshotDamaged
from indexing.ports import IndexingParts, VectorAdapter
from indexing.vocabulary import PolicyVocabulary, vocabulary_from_json

# The names in statements are this module's own.
# ruff: noqa: S608


def keep(connection: Connection, generation: int, parts: IndexingParts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        parts.adapter.save(Path(folder) / ADAPTER)
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}
    if parts.tokenizer.vocabulary is not None:
        files[VOCABULARY] = parts.tokenizer.vocabulary.to_json()
    insert = text(f"INSERT INTO {SCHEMA}.files (generation, name, content) VALUES (:generation, :name, :content)")
    for name, content in files.items():
        connection.execute(insert, {"generation": generation, "name": name, "content": content})


def adapter(connection: Connection, facts: GenerationFacts) -> VectorAdapter:
    """Raises SnapshotDamaged."""
    query = text(f"SELECT name, content FROM {SCHEMA}.files WHERE generation = :generation AND name LIKE '{ADAPTER}/%'")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in connection.execute(query, {"generation": facts.generation}):
            path = Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        try:
            return adapter_of(Path(folder), facts.manifest.embedder_fingerprint)
        except AdapterUnavailable as error:
            raise SnapshotDamaged(facts.manifest.snapshot_id, str(error)) from error


def vocabulary(connection: Connection, facts: GenerationFacts) -> PolicyVocabulary | None:
    """Raises SnapshotDamaged."""
    query = text(f"SELECT content FROM {SCHEMA}.files WHERE generation = :generation AND name = :name")
    content = connection.execute(query, {"generation": facts.generation, "name": VOCABULARY}).scalar()
    try:
        return vocabulary_from_json(content) if content is not None else None
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotDamaged(facts.manifest.snapshot_id, f"词表读不出来（{type(error).__name__}）") from error
