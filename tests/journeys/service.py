"""The whole service in a thread of the test, with a clock that is set by hand and the parts behind it within reach."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread

import uvicorn

from api.access.models import Role
from api.app import create_app
from api.container import Container, build_container
from tests.demonstration import Home

# 2026-11-23 is a Monday; 10:00 in China.
MONDAY_MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SUNDAY = MONDAY_MORNING - timedelta(days=1)
PASSWORD = "correct-horse-battery"
START_S = 60


@dataclass
class SetClock:
    now: datetime = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Service:
    """`container` is the one the server uses. The port stays the same over a restart."""

    container: Container
    clock: SetClock
    port: int
    _server: uvicorn.Server | None = field(default=None, repr=False)
    _thread: Thread | None = field(default=None, repr=False)

    @classmethod
    def on(cls, home: Home) -> Service:
        clock = SetClock()
        container = build_container(home.settings(), clock)
        # Models are loaded and routing is learned before the first citizen comes, as `api.service` does it.
        container.desk().warm_up()
        container.drafter().from_call("路灯不亮", jurisdiction=None)
        for name, display in (("li.si", "李四"), ("wang.wu", "王五")):
            container.accounts.create(name, {Role.OPERATOR}, by="test", password=PASSWORD, display_name=display)
        return cls(container, clock, free_port())

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        # Long streams are cut at once, as by a power failure; nothing waits for them.
        config = uvicorn.Config(
            create_app(self.container), host="127.0.0.1", port=self.port, log_level="error", access_log=False, timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, name="service", daemon=True)
        self._thread.start()
        give_up = time.monotonic() + START_S
        while not self._server.started:
            assert time.monotonic() < give_up, "the service did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(START_S)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
