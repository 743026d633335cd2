"""What the two processes say to each other, as JSON: nothing that came from a file is ever unpickled or run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from knowledge_base.adapters.parsers.limits import ReadingLimits
from knowledge_base.adapters.reading.process_limits import ArchiveLimits, ProcessLimits, RecognitionLimits, UntrustedLimits
from knowledge_base.models import ParsedText

REQUEST_VARIABLE = "ZHENGWEN_READING"
"""The environment variable that carries the request: a command line could be read by every user of the machine."""


class Task(StrEnum):
    READ = "read"
    LOOK = "look"
    UNPACK = "unpack"


@dataclass(frozen=True, slots=True)
class Request:
    """The file itself is standard input; `name` is what it is called. Whatever is written goes to the working folder."""

    task: Task
    name: str
    limits: UntrustedLimits
    reading: ReadingLimits

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Request:
        record = json.loads(text)
        limits, archive = record["limits"], record["limits"]["archive"]
        return cls(
            Task(record["task"]),
            record["name"],
            UntrustedLimits(
                ProcessLimits(**limits["process"]),
                RecognitionLimits(**limits["recognition"]),
                ArchiveLimits(**(archive | {"left_out": tuple(archive["left_out"])})),
            ),
            ReadingLimits(**record["reading"]),
        )


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the answer, saying one thing; the last line of a good run is `end`.

    `page` is (read, in all), `recognising` how many scanned pages come now, `member` (name, file in the working folder), `warning` a
    sentence about the whole file, `refused` and `missing` reasons in Chinese, `failed` the name of an unforeseen error.
    """

    page: tuple[int, int] | None = None
    recognising: int | None = None
    text: ParsedText | None = None
    member: tuple[str, str] | None = None
    is_archive: bool | None = None
    warning: str | None = None
    refused: str | None = None
    missing: str | None = None
    disk_full: bool | None = None
    failed: str | None = None
    end: bool | None = None

    def as_json(self) -> bytes:
        return json.dumps({key: value for key, value in asdict(self).items() if value is not None}).encode() + b"\n"

    @classmethod
    def from_json(cls, line: bytes) -> Message:
        """Raises ValueError, TypeError or KeyError for anything but a message."""
        record: dict[str, Any] = json.loads(line)
        if not set(record) <= {field.name for field in fields(cls)}:
            raise ValueError("not a message")
        if text := record.get("text"):
            record |= {"text": ParsedText(**(text | {"warnings": tuple(text["warnings"])}))}
        return cls(**(record | {pair: tuple(record[pair]) for pair in {"page", "member"} & set(record)}))
