"""Moving an embedded installation to PostgreSQL: every row arrives, is compared, and the numbers go on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from api.commands.moving import migrate_to
from api.container import RECORD_TABLES, open_all_records
from api.jobs.holders import Holders
from api.moving.errors import CannotMove
from api.moving.records_move import content, move_records
from indexing.adapters.sql import SqlIndexingRunStore
from knowledge_base.adapters.sql import SqlDocumentStore, SqlGuideStore
from tests.factories import a_guide, a_revision

pytestmark = pytest.mark.postgres
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def silent(*_: object) -> None:
    """Hears nothing."""


@pytest.fixture
def source(sqlite_url: str) -> Engine:
    engine = open_all_records(sqlite_url)
    SqlDocumentStore(engine).add(a_revision())
    SqlGuideStore(engine).save([a_guide()])
    SqlIndexingRunStore(engine).add("林某\0", "迁移前", AT)
    return engine


@pytest.fixture
def target(postgres_url: str) -> Engine:
    return open_all_records(postgres_url)


def test_every_row_arrives_as_it_was(source: Engine, target: Engine) -> None:
    moved = move_records(source, target, RECORD_TABLES, silent)
    assert SqlDocumentStore(target).latest("d-residence") == a_revision()
    assert SqlGuideStore(target).all() == SqlGuideStore(source).all()
    run = SqlIndexingRunStore(target).newest(1)[0]
    assert (run.asked_at, run.asked_by) == (AT, "林某\ufffd")
    assert moved["indexing_runs"].rows == 1


def test_numbers_go_on_after_those_that_were_moved(source: Engine, target: Engine) -> None:
    move_records(source, target, RECORD_TABLES, silent)
    assert SqlIndexingRunStore(target).add("林某", "迁移后", AT).id == 2


def test_a_changed_row_changes_the_checksum(source: Engine, target: Engine) -> None:
    moved = move_records(source, target, RECORD_TABLES, silent)
    with target.begin() as connection:
        connection.execute(text("UPDATE indexing_runs SET why = '改过'"))
    runs = RECORD_TABLES[-1].tables["indexing_runs"]
    with target.connect() as connection:
        assert content(connection, runs) != moved["indexing_runs"]


def test_a_database_that_holds_something_is_refused_and_left_as_it_is(source: Engine, target: Engine) -> None:
    SqlGuideStore(target).save([a_guide("theirs")])
    with pytest.raises(CannotMove, match="已经有内容"):
        move_records(source, target, RECORD_TABLES, silent)
    assert SqlDocumentStore(target).count() == 0


def test_a_table_that_this_version_does_not_know_is_not_left_behind_unsaid(source: Engine, target: Engine) -> None:
    with source.begin() as connection:
        connection.execute(text("CREATE TABLE of_tomorrow (id INTEGER)"))
    with pytest.raises(CannotMove, match="of_tomorrow"):
        move_records(source, target, RECORD_TABLES, silent)


def test_the_command_says_where_it_cannot_move_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path))
    with pytest.raises(CannotMove, match="postgresql://"):
        migrate_to("sqlite:///elsewhere.sqlite3")
    monkeypatch.setenv("ZHENGWEN_RECORDS_URL", "postgresql://there/already")
    with pytest.raises(CannotMove, match="不在本机"):
        migrate_to("postgresql://there/already")


def test_a_service_that_still_runs_is_said_so_before_anything_is_copied(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHENGWEN_HOME", str(tmp_path))
    monkeypatch.delenv("ZHENGWEN_RECORDS_URL", raising=False)
    running = Holders(tmp_path / "work")
    running.enter()
    with pytest.raises(CannotMove, match="还在运行"):
        migrate_to("postgresql://there/empty")
    running.leave()
    assert not Holders(tmp_path / "work").anybody()
