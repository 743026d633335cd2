"""The records database: durable settings, migrations that never collide, failures in plain Chinese."""

from __future__ import annotations

import multiprocessing
import re
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, text

from assistant.adapters.sql import SqlConversationStore, prepare_conversations
from assistant.adapters.sql import migration as assistant_migration
from assistant.adapters.sql.tables import metadata as assistant_tables
from knowledge_base.adapters.sql import SqlDocumentStore, SqlGuideStore, migration, open_records
from knowledge_base.adapters.sql.tables import metadata as record_tables
from knowledge_base.errors import StoreUnavailable
from tests.factories import a_guide, a_revision, an_answer_record

TABLES_OF_THE_FIRST_VERSION = {
    "knowledge_base_version",
    "documents",
    "document_texts",
    "document_revisions",
    "repeal_notices",
    "service_guides",
    "departments",
}
ENGINES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return engine


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.mark.parametrize(
    ("tables", "version_table"),
    [(record_tables, migration.VERSION_TABLE), (assistant_tables, assistant_migration.VERSION_TABLE)],
    ids=["records", "conversations"],
)
def test_the_migrations_make_exactly_the_tables_the_code_uses(engine: Engine, tables: MetaData, version_table: str) -> None:
    with engine.connect() as connection:
        options = {"version_table": version_table, "include_name": lambda name, kind, _: kind != "table" or name in tables.tables}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables) == []


def test_each_package_keeps_its_own_version(engine: Engine) -> None:
    assert {migration.VERSION_TABLE, assistant_migration.VERSION_TABLE} <= set(inspect(engine).get_table_names())


def _open_and_count(url: str, start: threading.Barrier, outcomes: multiprocessing.Queue[str]) -> None:
    start.wait()
    try:
        engine = open_records(url)
        prepare_conversations(engine)
        outcomes.put(f"{SqlDocumentStore(engine).count()} documents")
    except Exception as error:
        outcomes.put(repr(error))


def test_processes_that_start_at_once_migrate_once(url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    start, outcomes = spawn.Barrier(4), spawn.Queue()
    processes = [spawn.Process(target=_open_and_count, args=(url, start, outcomes)) for _ in range(4)]
    for process in processes:
        process.start()
    assert [outcomes.get(timeout=60) for _ in processes] == ["0 documents"] * 4
    for process in processes:
        process.join(timeout=60)


def test_what_was_saved_is_there_after_opening_again(url: str) -> None:
    first = open_records(url)
    SqlDocumentStore(first).add(a_revision())
    first.dispose()
    again = open_records(url)
    assert SqlDocumentStore(again).latest("d-residence") == a_revision()
    again.dispose()


def test_a_database_of_an_older_version_is_brought_up_to_date_with_what_is_in_it(url: str) -> None:
    engine = open_records(url)
    SqlDocumentStore(engine).add(a_revision())
    SqlGuideStore(engine).save([a_guide()])
    with engine.begin() as connection:
        present = MetaData()
        present.reflect(connection)
        for table in reversed(present.sorted_tables):
            if table.name not in TABLES_OF_THE_FIRST_VERSION:
                table.drop(connection)
        connection.execute(text("UPDATE knowledge_base_version SET version_num = 'v0001'"))
    engine.dispose()
    again = open_records(url)
    assert SqlDocumentStore(again).latest("d-residence") == a_revision()
    SqlGuideStore(again).save([a_guide("another")])
    assert len(SqlGuideStore(again).all()) == 2
    again.dispose()


def test_a_database_of_a_newer_version_is_refused_in_words(url: str) -> None:
    engine = open_records(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE knowledge_base_version SET version_num = 'v9999'"))
    engine.dispose()
    with pytest.raises(StoreUnavailable, match="请升级程序"):
        open_records(url)


def test_sqlite_keeps_what_it_acknowledged_and_checks_references(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        settings = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_locked_database_says_so(sqlite_engine: Engine, sqlite_url: str) -> None:
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    with pytest.raises(StoreUnavailable, match="正被另一个程序占用"):
        SqlDocumentStore(sqlite_engine).add(a_revision())
    other.execute("ROLLBACK")
    other.close()
    SqlDocumentStore(sqlite_engine).add(a_revision())


def test_a_full_disk_says_so_and_leaves_the_store_readable(sqlite_engine: Engine) -> None:
    store = SqlDocumentStore(sqlite_engine)
    store.add(a_revision())
    with sqlite_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="磁盘空间已满"):
        store.add(a_revision("d-big", text="第一条 甲。\n" * 20_000))
    assert [revision.document_id for revision in store.all_latest()] == ["d-residence"]


def test_conversations_report_failures_in_the_same_words(sqlite_engine: Engine) -> None:
    prepare_conversations(sqlite_engine)
    with sqlite_engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="磁盘空间已满"):
        SqlConversationStore(sqlite_engine).save(an_answer_record(text="问" * 100_000))


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite3"
    path.write_bytes(b"PK\x03\x04" + b"not a database " * 1000)
    with pytest.raises(StoreUnavailable, match="不是数据库"):
        open_records(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="不能建立文件夹"):
        open_records(f"sqlite:///{tmp_path}/file/records.sqlite3")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("postgresql://nobody@127.0.0.1:1/nowhere", "连不上数据库服务器"),
        ("mysql://localhost/x", "不支持“mysql”"),
        ("no url", "写错了"),
        ("sqlite://", "缺少文件路径"),
    ],
)
def test_an_unusable_address_says_what_is_wrong(url: str, reason: str) -> None:
    with pytest.raises(StoreUnavailable, match=re.escape(reason)):
        open_records(url)


@pytest.mark.postgres
def test_a_postgres_database_that_does_not_exist_says_so(postgres_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="没有这个库"):
        open_records(postgres_url.replace("/t", "/gone-t", 1))


@pytest.mark.postgres
def test_a_plain_postgres_address_uses_the_driver_that_is_installed(postgres_url: str) -> None:
    engine = open_records(postgres_url.replace("postgresql+psycopg", "postgresql"))
    assert engine.dialect.driver == "psycopg"
    engine.dispose()


def test_threads_that_write_at_once_all_succeed(engine: Engine) -> None:
    store, conversations = SqlDocumentStore(engine), SqlConversationStore(engine)

    def write(worker: int) -> None:
        for number in range(10):
            store.add(a_revision(f"d-{worker}-{number}"))
            conversations.save(an_answer_record(f"a-{worker}-{number}"))

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.count() == 80
    assert len(conversations.last_turns("c-1", limit=100)) == 80
