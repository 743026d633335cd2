"""A database as the first versions left it, with what they wrote in it, opened by today's program.

The rows in rows_as_then_written.json were written by the programs of those days, one set of them at the version that brought its tables.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Date, DateTime, Engine, LargeBinary, MetaData, Table

from api.access.models import Role
from api.container import RECORD_TABLES, Container, build_container, open_all_records
from api.settings import Settings
from assistant.hotline.models import OrderState
from knowledge_base.adapters.sql import open_database
from tests.factories import a_department, a_guide, a_revision, an_answer_record

ROOT = Path(__file__).parents[2]
AT = datetime(2024, 6, 1, 8, tzinfo=UTC)
_READ = {Date: date.fromisoformat, DateTime: datetime.fromisoformat, LargeBinary: base64.b64decode}


@lru_cache
def rows_as_then_written() -> dict[str, dict[str, dict[str, list[dict[str, Any]]]]]:
    """By set of tables (its folder), version and table."""
    return json.loads(Path(__file__).with_name("rows_as_then_written.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def _written(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: next((read(value) for kind, read in _READ.items() if value is not None and isinstance(table.c[name].type, kind)), value)
        for name, value in row.items()
    }


def _upgrade(engine: Engine, folder: str, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / folder / "migrations"))
    with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)


def _as_then(url: str) -> None:
    """Each set of tables at each version that rows were kept of, with these rows."""
    engine = open_database(url)
    for folder, versions in rows_as_then_written().items():
        for version, tables in versions.items():
            _upgrade(engine, folder, version)
            found = MetaData()
            found.reflect(engine, only=list(tables))
            with engine.execution_options(sqlite_begin="BEGIN IMMEDIATE").begin() as connection:
                for name, rows in tables.items():
                    table = found.tables[name]
                    connection.execute(table.insert(), [_written(table, row) for row in rows])
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    _as_then(url)
    return url


def _today(url: str, home: Path) -> Container:
    return build_container(Settings(_env_file=None, home=home, records_url=url, jobs="off", audit_key="0a" * 32))  # type: ignore[call-arg, arg-type]  # of pydantic-settings; a text


def test_every_set_of_tables_begins_at_its_first_version() -> None:
    sets = {str(path.parent.relative_to(ROOT)) for path in ROOT.glob("*/**/sql/migrations") if ".venv" not in path.parts}
    assert {folder for folder, versions in rows_as_then_written().items() if "v0001" in versions} == sets
    assert len(sets) == len(RECORD_TABLES)


def test_what_was_written_then_is_read_today(url: str, tmp_path: Path) -> None:
    today = _today(url, tmp_path)
    assert today.documents.latest("d-residence") == a_revision()
    assert today.documents.latest("d-older").repealed_on == date(2024, 1, 1)
    assert today.documents.find_repealing("示范市居住证管理暂行办法", None) == ("d-later",)
    assert today.guides.get("guide-residence") == a_guide()
    assert today.departments.get("dept-police") == a_department()
    answered = today.conversations.get("a-1")
    assert answered is not None
    assert (answered.answer, answered.question) == (an_answer_record().answer, an_answer_record().question)
    assert len(today.conversations.feedback_on("a-1")) == 1
    order = today.work_orders.get("GD20240601-00001")
    assert (order.state, order.content.title, order.caller.name, len(order.history)) == (OrderState.ACCEPTED, "路灯不亮", "王**", 1)
    assert today.handoffs.get("h-1").requested_at == AT
    assert [message.text for message in today.handoffs.store.messages("h-1")] == ["你好，想问居住证。"]
    assert today.index.runs.newest(1)[0].asked_by == "林某"
    assert today.work.waiting() == 1


def test_staff_and_what_they_did_are_as_they_were_and_the_log_goes_on(url: str, tmp_path: Path) -> None:
    today = _today(url, tmp_path)
    account = today.accounts.named("zhang.san")
    assert (account.display_name, account.roles) == ("张三", {Role.OPERATOR, Role.AUDITOR})
    today.audit.record("zhang.san", "signed_out", "zhang.san")
    assert [(event.actor, event.action) for event in today.audit.events()] == [
        ("zhang.san", "signed_out"),
        # What was written before there were seals is sealed by the first line that is added.
        ("政问", "audit_chain_started"),
        ("admin", "account_disabled"),
        ("zhang.san", "signed_in"),
    ]


def test_an_upgraded_database_has_the_tables_of_a_new_one(url: str) -> None:
    engine = open_all_records(url)
    with engine.connect() as connection:
        for tables in RECORD_TABLES:
            names = set(tables.tables)
            options = {"include_name": lambda name, kind, _, names=names: kind != "table" or name in names}
            assert compare_metadata(MigrationContext.configure(connection, opts=options), tables) == []
    engine.dispose()
