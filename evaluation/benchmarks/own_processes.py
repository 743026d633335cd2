"""Steps of a benchmark, and the service it asks, in processes of their own: none inherits the memory or the threads of another."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from types import MappingProxyType
from typing import Any

Address = tuple[str, int]

_OWN_THREADS = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# All questions come from one address, and the measure is how long they take, not how many are turned away. A new home's first backup is
# due at once, and packing a gigabyte takes a core.
_OPEN_DOORS = {"ZHENGWEN_RATE_LIMITS": "off", "ZHENGWEN_MAX_WAITING": "1000", "ZHENGWEN_BACKUP_AT": "off"}
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
_START_S, _END_S = 600, 60


def run_step(module: str, name: str, home: Path, *numbers: int, settings: Mapping[str, str] = _NO_SETTINGS) -> dict[str, Any]:
    """What `python -m module name home numbers` prints as JSON in its last line. Raises RuntimeError."""
    command = [sys.executable, "-m", module, name, str(home), *map(str, numbers)]
    environment = {**_OPEN_DOORS, **os.environ, **_OWN_THREADS, **settings}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603 (our own module)
    if done.returncode:
        raise RuntimeError(f"测量“{name}”失败：{done.stderr[-2000:]}")
    outcome: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return outcome


@contextmanager
def served(module: str, home: Path, cores: int, settings: Mapping[str, str] = _NO_SETTINGS) -> Iterator[Address]:
    """The application that `python -m module serve home port cores` runs, once it is ready."""
    with running(module, "serve", home, cores, settings=settings) as process:
        yield process.address


@dataclass(frozen=True, slots=True)
class RunningService:
    address: Address
    pid: int


@contextmanager
def running(
    module: str, name: str, home: Path, *numbers: int, settings: Mapping[str, str] = _NO_SETTINGS, ready: str = "/readyz"
) -> Iterator[RunningService]:
    """What `python -m module name home port numbers` serves, once `ready` answers. Raises RuntimeError."""
    address = ("127.0.0.1", free_port())
    command = [sys.executable, "-m", module, name, str(home), str(address[1]), *map(str, numbers)]
    process = subprocess.Popen(command, env={**_OPEN_DOORS, **os.environ, **_OWN_THREADS, **settings})  # noqa: S603 (our own module)
    try:
        _wait_until_ready(address, process, ready)
        yield RunningService(address, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=_END_S)


def free_port() -> int:
    """On the loopback address, free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(address: Address, process: subprocess.Popen[bytes], path: str) -> None:
    """Raises RuntimeError where the service ended or took too long."""
    give_up = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < give_up:
        connection = HTTPConnection(*address, timeout=10)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.3)
    raise RuntimeError("服务没有起来。请单独运行 zhengwen serve 查看原因。")
