"""Runs the web server, and starts it anew where the state under ZHENGWEN_HOME has been restored from a backup."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import uvicorn

from api.backups.restoration import MARK
from api.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

_APP = "api.service:create"
_LOOK_EVERY_S = 1.0
# Ten ticks of uvicorn are a second.
_LOOK_EVERY_TICKS = 10
WORKER_SILENT_S = 60
"""A worker process from which nothing was heard for so long is replaced."""
STOP_WITHIN_S = 30
"""How long the service waits for what it has begun. Longer than a language model may write (llm_timeout_s as it is shipped)."""

KEPT_OPEN_S = 75
"""An idle connection. Longer than a proxy keeps one (nginx: 60): if it ended here first, a question might be sent into it that moment."""


class RestorationWatch:
    """Tells whether the state has been restored since this was made."""

    def __init__(self, home: Path) -> None:
        self._mark = home / MARK
        self._seen = self._state()

    def restored(self) -> bool:
        """Once for each restoration."""
        state = self._state()
        changed, self._seen = state != self._seen, state
        return changed

    def _state(self) -> int:
        try:
            return self._mark.stat().st_mtime_ns
        except OSError:
            return 0


class RestoringServer(uvicorn.Server):
    """Ends by itself once the state it serves has been restored, so that nothing of the old state stays in memory.

    `listening` stays open then, and is served by a copy: callers wait in line until the service has started anew.
    """

    def __init__(self, config: uvicorn.Config, watch: RestorationWatch, listening: socket.socket) -> None:
        super().__init__(config)
        self._watch, self._listening, self.outdated = watch, listening, False

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Told to stop, it turns callers away at once: in line they would wait for an answer that nobody gives."""
        if not self.outdated:
            self._listening.close()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        if counter % _LOOK_EVERY_TICKS == 0 and self._watch.restored():
            self.outdated = True
            return True
        return await super().on_tick(counter)


def run_server(settings: Settings, host: str, port: int) -> None:
    """Until somebody stops it."""
    watch = RestorationWatch(settings.home)
    with suppress(KeyboardInterrupt):
        if settings.workers > 1:
            _run_workers(settings.workers, host, port, watch)
        else:
            _run_alone(host, port, watch)


def _run_workers(workers: int, host: str, port: int, watch: RestorationWatch) -> None:
    """uvicorn replaces its workers one after the other when it is told to (SIGHUP): callers notice nothing."""

    def look() -> None:
        while True:
            time.sleep(_LOOK_EVERY_S)
            if watch.restored():
                os.kill(os.getpid(), signal.SIGHUP)

    Thread(target=look, name="restored", daemon=True).start()
    uvicorn.run(
        _APP,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        # A worker that reads its model on a busy machine must not be taken for dead and killed before it is ready.
        timeout_worker_healthcheck=WORKER_SILENT_S,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=STOP_WITHIN_S,
        timeout_keep_alive=KEPT_OPEN_S,
    )


def _run_alone(host: str, port: int, watch: RestorationWatch) -> None:
    """The socket stays open while the service starts anew: callers wait instead of being turned away.

    Before the first start it is ours, but nobody is let in: a proxy sends them to another process meanwhile.
    """
    listening = server_config(host, port).bind_socket()
    while _run_once(host, port, listening, watch):
        pass


def _run_once(host: str, port: int, listening: socket.socket, watch: RestorationWatch) -> bool:
    """True where it is to be run again."""
    server = RestoringServer(server_config(host, port), watch, listening)
    server.run(sockets=[listening.dup()])
    if not server.started:
        sys.exit(1)
    return server.outdated


def server_config(host: str, port: int, app: FastAPI | None = None) -> uvicorn.Config:
    """Of `app`, else of the one made from the settings."""
    return uvicorn.Config(
        app or _APP,
        factory=app is None,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=STOP_WITHIN_S,
        timeout_keep_alive=KEPT_OPEN_S,
    )
