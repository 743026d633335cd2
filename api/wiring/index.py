"""Work on the index, on the records of this installation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, make_url, text

from api.jobs.work_queue import WorkQueue
from api.settings import Settings
from indexing.adapters.postgres import PostgresSnapshots, prepare_passages
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.adapters.sql import SqlIndexingRunStore, prepare_indexing
from indexing.golden_questions import load_golden_questions
from indexing.index_runs import IndexRuns
from indexing.ports import PassageSearcher
from indexing.synchroniser import Synchroniser
from indexing.tuning import Tuning
from knowledge_base.adapters.sql import open_database
from knowledge_base.ports import Clock, DocumentStore, GuideStore

REFRESH = "refresh_index"
Snapshots = SnapshotStore | PostgresSnapshots


def snapshots_on(settings: Settings, records: Engine, tuning: Tuning) -> Snapshots:
    """On the disk, or on the engine that the settings name. Raises StoreUnavailable, EngineUnfit."""
    if not settings.index_url:
        return SnapshotStore(settings.home / "index", tuning)
    engine = records if settings.index_url == settings.records_url else open_database(settings.index_url)
    prepare_passages(engine)
    return PostgresSnapshots(engine, tuning)


def database_beside(address: str, name: str) -> str:
    """The address of a database of this name on the same server, made where it is not there yet. Raises StoreUnavailable."""
    server = open_database(address)
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}).scalar():
            connection.exec_driver_sql(f"CREATE DATABASE {server.dialect.identifier_preparer.quote(name)}")
    server.dispose()
    return make_url(address).set(database=name).render_as_string(hide_password=False)


def index_runs(  # noqa: PLR0913, PLR0917 (what the container has made already)
    engine: Engine,
    snapshots: Snapshots,
    synchroniser: Callable[[], Synchroniser],
    searcher_of: Callable[[str], PassageSearcher],
    contents: tuple[DocumentStore, GuideStore],
    golden: tuple[Path, ...],
    work: WorkQueue,
    clock: Clock,
) -> IndexRuns:
    """Raises StoreUnavailable."""
    prepare_indexing(engine)
    return IndexRuns(
        SqlIndexingRunStore(engine),
        snapshots,
        synchroniser,
        searcher_of,
        *contents,
        golden=lambda: load_golden_questions(*golden),
        submit=lambda argument: work.submit(REFRESH, argument),
        clock=clock,
    )
