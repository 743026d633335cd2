"""kill -9 while the tables of an older version are brought up to date."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text

import api.access.adapters.sql as access_sql
import assistant.adapters.sql as assistant_sql
import knowledge_base.adapters.sql as knowledge_sql
from api.access.adapters.sql import prepare_access
from assistant.adapters.sql import prepare_conversations
from knowledge_base.adapters.sql import SqlDocumentStore, open_records
from tests.factories import a_revision
from tests.faults.killed_process import TIMES, kill, run

SETS = ((knowledge_sql, "knowledge_base_version"), (assistant_sql, "assistant_version"), (access_sql, "access_version"))
DOCUMENTS = 20


def bring_up_to_date(path: Path) -> None:
    engine = open_records(f"sqlite:///{path}")
    prepare_conversations(engine)
    prepare_access(engine)
    engine.dispose()


def of_the_first_version(path: Path) -> None:
    """A database as the first version left it, with documents in it."""
    engine = create_engine(f"sqlite:///{path}")
    for package, _ in SETS:
        config = Config()
        config.set_main_option("script_location", str(Path(package.__file__ or "").parent / "migrations"))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "v0001")
    store = SqlDocumentStore(engine)
    for number in range(DOCUMENTS):
        store.add(a_revision(f"d-{number}"))
    engine.dispose()


def versions(path: Path) -> dict[str, str]:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        found = {name: str(connection.execute(text(f"SELECT version_num FROM {name}")).scalar()) for _, name in SETS}  # noqa: S608 - ours
    engine.dispose()
    return found


def tables(path: Path) -> set[str]:
    engine = create_engine(f"sqlite:///{path}")
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_a_killed_migration_is_all_or_nothing_and_the_next_start_finishes_it(tmp_path: Path) -> None:
    reference = tmp_path / "reference.sqlite3"
    of_the_first_version(reference)
    takes_s = run(bring_up_to_date, reference)
    expected, expected_tables = versions(reference), tables(reference)
    assert set(expected.values()) != {"v0001"}
    # A database migrates once, so each kill gets its own.
    for number in range(TIMES):
        path = tmp_path / f"{number}.sqlite3"
        of_the_first_version(path)
        kill(bring_up_to_date, path, after_s=takes_s * (number + 0.5) / TIMES)
        assert set(versions(path)) == set(expected)
        bring_up_to_date(path)
        assert versions(path) == expected
        assert tables(path) == expected_tables
        engine = open_records(f"sqlite:///{path}")
        assert SqlDocumentStore(engine).count() == DOCUMENTS
        engine.dispose()
