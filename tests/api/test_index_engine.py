"""Where the index lies is a setting, and the examination says which engine it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from api.container import build_container, database_beside
from api.doctor.examination import examine
from api.settings import Settings
from indexing.adapters.postgres import PostgresSnapshots
from indexing.adapters.snapshot_store import SnapshotStore
from knowledge_base.adapters.sql import open_database
from tests.passage_factory import a_passage, publish_snapshot


def settings(home: Path, **values: object) -> Settings:
    return Settings(_env_file=None, home=home, **values)  # type: ignore[arg-type]


def test_without_the_setting_the_index_is_below_the_home(tmp_path: Path) -> None:
    container = build_container(settings(tmp_path))
    assert isinstance(container.snapshots, SnapshotStore)
    assert container.snapshots.engine() == "本机文件"


@pytest.mark.postgres
def test_records_and_index_may_share_one_database(tmp_path: Path, postgres_url: str) -> None:
    container = build_container(settings(tmp_path, records_url=postgres_url, index_url=postgres_url))
    assert isinstance(container.snapshots, PostgresSnapshots)
    assert container.snapshots.engine().startswith("PostgreSQL 18")
    publish_snapshot(container.snapshots, [a_passage()])
    assert [manifest.passage_count for manifest in container.snapshots.snapshots()] == [1]


@pytest.mark.postgres
def test_a_backup_of_the_records_leaves_the_index_out(tmp_path: Path, postgres_url: str) -> None:
    container = build_container(settings(tmp_path, records_url=postgres_url, index_url=postgres_url))
    publish_snapshot(container.snapshots, [a_passage()])  # type: ignore[arg-type]  # the shelf, seen here as what pages ask of it
    folder = tmp_path / "copy"
    folder.mkdir()
    copied = container.backups.desk.records.save(folder)
    assert "documents" in copied.rows
    assert not copied.rows.keys() & {"passages", "postings", "generations"}


def test_an_engine_that_cannot_carry_the_index_is_named_with_the_way_back(tmp_path: Path) -> None:
    used = settings(tmp_path, index_url=f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")
    found = list(examine(used))[-1]
    assert found.subject == "检索引擎"
    assert "PostgreSQL" in found.words
    assert "ZHENGWEN_INDEX_URL 留空" in found.advice


@pytest.mark.postgres
def test_a_database_beside_is_made_once(postgres_url: str) -> None:
    name = f"beside-{make_url(postgres_url).database}"
    first = database_beside(postgres_url, name)
    assert database_beside(postgres_url, name) == first
    engine = open_database(first)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT current_database()").scalar() == name
    engine.dispose()
