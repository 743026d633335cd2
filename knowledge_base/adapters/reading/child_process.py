"""Starts the process that reads one untrusted file, listens to it, and ends it when a limit is reached."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import knowledge_base
from knowledge_base.adapters.reading.messages import REQUEST_VARIABLE, Message, Request

CHILD = "knowledge_base.adapters.reading.child"
_SOURCES = Path(knowledge_base.__file__).parents[1]
_CHUNK = 1 << 16
_THREADS = "2"


class ReadingStopped(Exception):
    """`reason` in Chinese says what happened and what to do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def answers(request: Request, path: Path, folder: Path) -> Iterator[Message]:
    """What a fresh process says about the file at `path`, its end included; `folder` is where it works and may write.

    Raises ReadingStopped where it runs out of time, says too much or dies. The process is gone when this ends, however it ends.
    """
    with path.open("rb") as source, _started(request, source.fileno(), folder) as process:
        try:
            yield from _listen(process, request)
        finally:
            _end(process)


def _started(request: Request, source: int, folder: Path) -> subprocess.Popen[bytes]:
    # None of the service's settings and secrets; a folder of its own as home, so that programs find and leave nothing elsewhere.
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONPATH": str(_SOURCES),
        "OMP_NUM_THREADS": _THREADS,
        "OPENBLAS_NUM_THREADS": _THREADS,
        REQUEST_VARIABLE: request.as_json(),
    }
    return subprocess.Popen(  # noqa: S603 - our own module in our own interpreter
        [sys.executable, "-P", "-X", "utf8", "-m", CHILD],
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )


def _listen(process: subprocess.Popen[bytes], request: Request) -> Iterator[Message]:
    limits = request.limits
    seconds, heard, waiting = limits.process.wall_s, 0, b""
    deadline = time.monotonic() + seconds
    while chunk := _next_chunk(process, deadline, seconds):
        heard += len(chunk)
        if heard > limits.process.result_mb << 20:
            raise ReadingStopped(f"读出的文字超过{limits.process.result_mb}兆字节的上限。请拆成几个文件后重新上传。")
        *lines, waiting = (waiting + chunk).split(b"\n")
        for message in map(_message, lines):
            if message.recognising:
                seconds = limits.recognition.wall_s
                deadline = time.monotonic() + seconds
            yield message
            if message.end:
                return
    raise ReadingStopped(_cause(process.wait(), seconds))


def _next_chunk(process: subprocess.Popen[bytes], deadline: float, seconds: int) -> bytes:
    assert process.stdout is not None  # noqa: S101 - opened as a pipe above, narrows for mypy
    # Not select(), which knows no descriptors above 1024.
    waiting = select.poll()
    waiting.register(process.stdout, select.POLLIN)
    if not waiting.poll(max(deadline - time.monotonic(), 0) * 1000):
        raise ReadingStopped(_too_slow(seconds))
    return os.read(process.stdout.fileno(), _CHUNK)


def _message(line: bytes) -> Message:
    try:
        return Message.from_json(line)
    except (ValueError, TypeError, KeyError) as error:
        raise ReadingStopped(_BROKE_OFF) from error


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process and whatever it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


_BROKE_OFF = "读取程序中途退出，文件可能已损坏，或是恶意文件。请用原来的软件打开，另存一份后重新上传；仍不能读取时请提供文字版。"
OUT_OF_MEMORY = "读取时占用的内存超过上限，文件过大，或是恶意文件，没有读取。请拆成几个文件后重新上传，或提供文字版。"


def _too_slow(seconds: int) -> str:
    return f"{seconds}秒内没有读完，文件过大或过于复杂，没有读取。请拆成几个文件后重新上传，或提供文字版。"


def _cause(status: int, seconds: int) -> str:
    if -status in {signal.SIGXCPU, signal.SIGALRM}:
        return _too_slow(seconds)
    # Not killed by us: the system was short of memory.
    return OUT_OF_MEMORY if -status == signal.SIGKILL else _BROKE_OFF
