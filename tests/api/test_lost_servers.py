"""A lost PostgreSQL or Valkey is a 503 with Retry-After, and over by itself when the server is back."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import create_engine, make_url, text

from api.app import create_app
from api.container import Container, build_container
from api.settings import Settings
from api.wiring.embedding_check import embedder_check
from api.wiring.rates import rates_of
from api.wiring.valkey import valkey_of
from indexing.errors import NoSnapshot
from indexing.models import SnapshotManifest
from knowledge_base.adapters.sql import open_database, open_records
from knowledge_base.adapters.sql.bounded_connection import BoundedConnection
from knowledge_base.adapters.sql.bounded_pool import BoundedPool
from knowledge_base.errors import StoreUnavailable
from tests.embedding_service import served
from tests.fakes.containers import a_container
from tests.fakes.embedder import FakeEmbedder
from tests.valkey_server import ValkeyThatEnds


class Gate:
    """Lets nobody into a database and puts out who is in it, as a server does that is stopped; and opens it again."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._name = parsed.database
        self._engine = create_engine(parsed.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        self._say(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        self._say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name", name=self._name)

    def open(self) -> None:
        self._say(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS true")

    def dispose(self) -> None:
        self._engine.dispose()

    def _say(self, words: str, **values: str | None) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(words), values)


def on_records(**settings: Any) -> Container:
    """The real parts, without an index: looking for one would load a model."""
    return replace(build_container(Settings(_env_file=None, jobs="off", **settings)), answering_snapshot=_no_index)


def _no_index() -> SnapshotManifest:
    raise NoSnapshot


@pytest.fixture
def gate(postgres_url: str) -> Iterator[Gate]:
    made = Gate(postgres_url)
    yield made
    made.dispose()


@pytest.mark.postgres
def test_a_lost_postgresql_is_a_503_until_it_is_back(postgres_url: str, gate: Gate, tmp_path: Path) -> None:
    container = on_records(home=tmp_path, records_url=postgres_url)
    client = TestClient(create_app(container), raise_server_exceptions=False)
    asked: tuple[Callable[[], httpx.Response], ...] = (
        lambda: client.get("/api/v1/policies"),
        lambda: client.get("/policies", headers={"Accept": "text/html"}),
    )
    assert [ask().status_code for ask in asked] == [200, 200]
    gate.close()
    for ask in asked:
        refused = ask()
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert "数据库" in refused.text
    assert "records" in client.get("/readyz").json()
    gate.open()
    assert [ask().status_code for ask in asked] == [200, 200]
    assert "records" not in client.get("/readyz").json()


@pytest.mark.postgres
def test_who_has_waited_too_long_for_a_connection_is_told_so(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_records(postgres_url)
    assert isinstance(engine.pool, BoundedPool)
    monkeypatch.setattr(engine.pool, "_timeout", 0.0)
    taken = [engine.connect() for _ in range(30)]
    with pytest.raises(StoreUnavailable, match="连接都在用着"):
        engine.connect()
    for connection in taken:
        connection.close()
    engine.connect().close()
    engine.dispose()


def test_nobody_queues_up_behind_a_database_whose_connections_take_long_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails at once in a test counts as having taken long."""
    monkeypatch.setattr("knowledge_base.adapters.sql.bounded_pool.SLOW_S", 0.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        address = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none?connect_timeout=2"
        engine = open_database(address)
        tried: list[object] = []
        connect = BoundedConnection.connect

        def counted(*arguments: Any, **named: Any) -> BoundedConnection:
            tried.append(None)
            return connect(*arguments, **named)

        monkeypatch.setattr(BoundedConnection, "connect", counted)
        for _ in range(5):
            with pytest.raises(StoreUnavailable, match="连不上"):
                engine.connect()
    assert len(tried) == 1


def test_a_lost_valkey_is_a_503_until_it_is_back(valkey_that_ends: ValkeyThatEnds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.wiring.valkey.PAUSE_S", 0.0)
    settings = Settings(_env_file=None, valkey_url=valkey_that_ends.url)
    valkey = valkey_of(settings)
    assert valkey is not None
    container = replace(a_container(), rates=rates_of(settings, valkey), check_shared=valkey.check)
    client = TestClient(create_app(container), raise_server_exceptions=False)
    question = {"message": "居住证怎么办？"}
    assert client.post("/api/v1/chat", json=question).status_code == 200
    assert client.get("/readyz").status_code == 200
    valkey_that_ends.stop()
    refused = client.post("/api/v1/chat", json=question)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "稍后再试" in refused.json()["detail"]
    unready = client.get("/readyz")
    assert (unready.status_code, unready.headers["Retry-After"]) == (503, "5")
    assert "Valkey" in unready.json()["shared"]
    assert client.get("/healthz").status_code == 200
    valkey_that_ends.start()
    assert client.post("/api/v1/chat", json=question).status_code == 200
    assert client.get("/readyz").status_code == 200


def test_what_could_not_be_reached_is_not_tried_again_by_every_request(valkey_that_ends: ValkeyThatEnds) -> None:
    valkey = valkey_of(Settings(_env_file=None, valkey_url=valkey_that_ends.url))
    assert valkey is not None
    valkey_that_ends.stop()
    with pytest.raises(StoreUnavailable):
        valkey.check()
    valkey_that_ends.start()
    with pytest.raises(StoreUnavailable):
        valkey.check()


def test_who_answers_with_vectors_of_a_service_is_not_ready_while_that_is_gone() -> None:
    with served(FakeEmbedder()) as service:
        check = embedder_check(Settings(_env_file=None, embedder_url=service.url, embedder_key=SecretStr(service.key)))
        client = TestClient(create_app(replace(a_container(), check_embedder=check)))
        assert client.get("/readyz").status_code == 200
    unready = client.get("/readyz")
    assert (unready.status_code, unready.headers["Retry-After"]) == (503, "5")
    assert "向量服务" in unready.json()["embedder"]


def test_a_service_starts_without_its_valkey(valkey_that_ends: ValkeyThatEnds, tmp_path: Path) -> None:
    valkey_that_ends.stop()
    container = on_records(home=tmp_path, valkey_url=valkey_that_ends.url)
    client = TestClient(create_app(container))
    assert client.get("/healthz").status_code == 200
    assert "Valkey" in client.get("/readyz").json()["shared"]
