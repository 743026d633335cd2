"""Vectors in a SQLite file, by (text digest, embedder fingerprint). A damaged file is set aside, never trusted, never fatal."""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from indexing.late_interaction import TokenRows

_LOG = logging.getLogger(__name__)
_T = TypeVar("_T")
_WAIT_S = 30.0
_KEYS_PER_QUERY = 500  # SQLite allows 999 parameters in its oldest builds still in use
_VECTORS_TABLE = (
    "CREATE TABLE IF NOT EXISTS vectors "
    "(fingerprint TEXT, digest TEXT, vector BLOB NOT NULL, PRIMARY KEY (fingerprint, digest)) WITHOUT ROWID"
)
# Ten kilobytes and more each: too large for the pages of an index.
_TOKENS_TABLE = (
    "CREATE TABLE IF NOT EXISTS token_vectors "
    "(fingerprint TEXT, digest TEXT, width INTEGER NOT NULL, tokens BLOB NOT NULL, PRIMARY KEY (fingerprint, digest))"
)
_WANTED = "WHERE fingerprint = ? AND digest IN ({marks})"
_VECTORS = f"SELECT digest, vector FROM vectors {_WANTED}"  # noqa: S608 (two constants)
_TOKENS = f"SELECT digest, width, tokens FROM token_vectors {_WANTED}"  # noqa: S608 (two constants)
_TOKENS_KEPT = f"SELECT digest FROM token_vectors {_WANTED}"  # noqa: S608 (two constants)


class SqliteVectorCache:
    """Implements VectorCache. Blobs: little-endian float32, of tokens int8. Write-ahead log: two processes may read and write at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._guarded(lambda _: None)

    def get(self, digests: Sequence[str], fingerprint: str) -> dict[str, npt.NDArray[np.float32]]:
        """The vectors that are there; a digest that is missing is missing from the result."""
        found = self._guarded(lambda connection: _select(connection, _VECTORS, digests, fingerprint))
        return {digest: np.frombuffer(blob, "<f4").astype(np.float32) for digest, blob in found or ()}

    def put(self, vectors: dict[str, npt.NDArray[np.float32]], fingerprint: str) -> None:
        """Durable on return; an entry that is there already stays as it is."""
        rows = [(fingerprint, digest, np.asarray(vector, "<f4").tobytes()) for digest, vector in vectors.items()]
        self._guarded(lambda connection: connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows))

    def tokens(self, digests: Sequence[str], fingerprint: str) -> dict[str, TokenRows]:
        """As `get`, int8 [tokens, width]."""
        found = self._guarded(lambda connection: _select(connection, _TOKENS, digests, fingerprint))
        return {digest: np.frombuffer(blob, np.int8).reshape(-1, width) for digest, width, blob in found or ()}

    def put_tokens(self, tokens: Mapping[str, TokenRows], fingerprint: str) -> None:
        rows = [(fingerprint, digest, each.shape[1], each.astype(np.int8).tobytes()) for digest, each in tokens.items()]
        self._guarded(lambda connection: connection.executemany("INSERT OR IGNORE INTO token_vectors VALUES (?, ?, ?, ?)", rows))

    def without_tokens(self, digests: Sequence[str], fingerprint: str) -> set[str]:
        found = self._guarded(lambda connection: _select(connection, _TOKENS_KEPT, digests, fingerprint))
        return set(digests).difference(digest for (digest,) in found or ())

    def _guarded(self, work: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Run `work` in a transaction; on a damaged file set it aside and run it once more on a new one."""
        try:
            return self._transact(work)
        except sqlite3.OperationalError as error:
            # Busy, full or read-only: the file is sound, and work without a cache is only slower.
            _LOG.warning("向量缓存暂时用不了（%s），本次直接计算向量；请检查磁盘空间和写权限：%s", error, self._path)
            return None
        except sqlite3.DatabaseError as error:
            self._set_aside(error)
            return self._transact(work)

    def _transact(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        # One connection per call: none is shared between threads, none survives a fork.
        with closing(sqlite3.connect(self._path, timeout=_WAIT_S)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            with connection:
                for table in (_VECTORS_TABLE, _TOKENS_TABLE):
                    connection.execute(table)
                return work(connection)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        aside = self._path.with_name(f"{self._path.name}.damaged-{time.strftime('%Y%m%d%H%M%S')}-{os.getpid()}")
        _LOG.warning("向量缓存已损坏（%s），已改名为 %s，将重新计算向量；确认无用后可以删除该文件。", error, aside.name)
        self._path.replace(aside)
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)


def _select(connection: sqlite3.Connection, query: str, digests: Sequence[str], fingerprint: str) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(digests), _KEYS_PER_QUERY):
        part = list(digests[start : start + _KEYS_PER_QUERY])
        # Only question marks are put into the statement.
        found += connection.execute(query.format(marks=",".join("?" * len(part))), [fingerprint, *part]).fetchall()
    return found
