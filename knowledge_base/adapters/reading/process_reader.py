"""A SafeReader and ArchiveReader that hands every file to a fresh, confined process."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import structlog

from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.adapters.parsers.limits import ReadingLimits, load_limits
from knowledge_base.adapters.reading.child_process import OUT_OF_MEMORY, ReadingStopped, answers
from knowledge_base.adapters.reading.messages import Message, Request, Task
from knowledge_base.adapters.reading.process_limits import UntrustedLimits, load_process_limits
from knowledge_base.errors import MissingReader, StoreUnavailable, UnreadableDocument
from knowledge_base.intake.ports import ReadProgress
from knowledge_base.models import ParsedText

_log = structlog.get_logger(__name__)
_ZIP_START = b"PK\x03\x04"
_MEMORY_ERRORS = frozenset({"MemoryError", "ArrayMemoryError"})
_UNFORESEEN = "读取这个文件时出了意外，文件可能已损坏。请用原来的软件打开，另存一份后重新上传；仍不能读取时请提供文字版。"
_NO_ROOM = "临时文件夹的磁盘已满。请管理员清理磁盘空间后重新读取。"


class ProcessReader:
    """At most `at_once` processes of this reader run at a time; further callers wait."""

    def __init__(self, limits: UntrustedLimits | None = None, reading: ReadingLimits | None = None) -> None:
        self._limits, self._reading = limits or load_process_limits(), reading or load_limits()
        self._places = threading.BoundedSemaphore(self._limits.process.at_once)

    @property
    def suffixes(self) -> frozenset[str]:
        return frozenset(suffix for parser in default_parsers(self._reading) for suffix in parser.suffixes)

    def read(self, path: Path, name: str, progress: ReadProgress | None = None) -> tuple[ParsedText, ...]:
        texts: list[ParsedText] = []
        warnings: tuple[str, ...] = ()
        with _folder() as folder:
            for message in self._answers(Task.READ, path, name, folder):
                if message.text:
                    texts.append(message.text)
                    _tell(progress, len(texts), 0)
                elif message.page:
                    _tell(progress, *message.page)
                elif message.warning:
                    warnings = (message.warning,)
        return _with_warnings(texts, warnings)

    def is_archive(self, path: Path, name: str) -> bool:
        try:
            with path.open("rb") as file:
                if file.read(len(_ZIP_START)) != _ZIP_START:
                    return False
            with _folder() as folder:
                return any(message.is_archive for message in self._answers(Task.LOOK, path, name, folder))
        except (OSError, StoreUnavailable, UnreadableDocument):
            return False

    def members(self, path: Path, name: str) -> Iterator[tuple[str, Path]]:
        with _folder() as folder:
            found = [message.member for message in self._answers(Task.UNPACK, path, name, folder) if message.member]
            for inside, file in found:
                yield inside, folder / file
                (folder / file).unlink(missing_ok=True)

    def _answers(self, task: Task, path: Path, name: str, folder: Path) -> Iterable[Message]:
        """Raises UnreadableDocument and StoreUnavailable for what the process says or comes to."""
        with self._places:
            try:
                for message in answers(Request(task, name, self._limits, self._reading), path, folder):
                    _raise_refusal(name, message)
                    yield message
            except ReadingStopped as error:
                _log.warning("untrusted_file_stopped", task=task.value)
                raise UnreadableDocument(name, error.reason) from error
            except FileNotFoundError as error:
                raise UnreadableDocument(name, "原件已经不在了。请重新上传。") from error


@contextmanager
def _folder() -> Iterator[Path]:
    """Where one process works; gone afterwards with all it has left there."""
    try:
        place = tempfile.TemporaryDirectory(prefix="zhengwen-reading-", ignore_cleanup_errors=True)
    except OSError as error:
        raise StoreUnavailable(_NO_ROOM) from error
    with place as name:
        yield Path(name)


def _raise_refusal(name: str, message: Message) -> None:
    if message.missing:
        raise MissingReader(name, message.missing)
    if message.refused:
        raise UnreadableDocument(name, message.refused)
    if message.disk_full:
        raise StoreUnavailable(_NO_ROOM)
    if message.failed:
        _log.warning("untrusted_file_failed", error=message.failed)
        raise UnreadableDocument(name, OUT_OF_MEMORY if message.failed in _MEMORY_ERRORS else _UNFORESEEN)


def _with_warnings(texts: list[ParsedText], warnings: tuple[str, ...]) -> tuple[ParsedText, ...]:
    """What is said of the whole file stands at its first text."""
    return (replace(texts[0], warnings=(*warnings, *texts[0].warnings)), *texts[1:]) if texts and warnings else tuple(texts)


def _tell(progress: ReadProgress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(done, total)
