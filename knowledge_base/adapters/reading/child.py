"""Runs in the process that reads one untrusted file: `python -m knowledge_base.adapters.reading.child`. Never imported by the service."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.adapters.parsers.rapid_recogniser import usable_recogniser
from knowledge_base.adapters.parsers.signatures import FileKind, detect_kind
from knowledge_base.adapters.reading.archive_members import unpack
from knowledge_base.adapters.reading.confinement import confine, make_room_for_recognition
from knowledge_base.adapters.reading.messages import REQUEST_VARIABLE, Message, Request, Task
from knowledge_base.document_files import parser_for
from knowledge_base.errors import MissingReader, PartlyReadable, UnreadableDocument
from knowledge_base.models import RawDocument

Say = Callable[[Message], None]
_PROGRESS_STEP = 10


def main() -> None:
    request = Request.from_json(os.environ.pop(REQUEST_VARIABLE))
    say = _channel()
    confine(request.limits.process, request.limits.recognition)
    try:
        _TASKS[request.task](request, say)
    except MissingReader as error:
        say(Message(missing=error.reason))
    except UnreadableDocument as error:
        say(Message(refused=error.reason))
    except OSError as error:
        say(Message(disk_full=True) if error.errno == errno.ENOSPC else Message(failed=type(error).__name__))
    except Exception as error:
        # Whatever a library raises on a hostile file; only its kind goes out, never its text.
        say(Message(failed=type(error).__name__))
    else:
        say(Message(end=True))


def _channel() -> Say:
    """Messages go where standard output was; what libraries print there goes nowhere."""
    answer = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)

    def say(message: Message) -> None:
        answer.write(message.as_json())
        answer.flush()

    return say


def _read(request: Request, say: Say) -> None:
    limits = request.limits

    def recognising(pages: int) -> None:
        make_room_for_recognition(limits.process, limits.recognition)
        say(Message(recognising=pages))

    def page(done: int, total: int) -> None:
        if done % _PROGRESS_STEP == 0 or done == total or total <= request.reading.max_recognised_pages:
            say(Message(page=(done, total)))

    recogniser = usable_recogniser(request.reading, recognising)
    parser = parser_for(request.name, default_parsers(request.reading, recogniser, page))
    raw = RawDocument(request.name, sys.stdin.buffer.read(), request.name)
    try:
        for text in parser.parse(raw):
            say(Message(text=text))
    except PartlyReadable as error:
        say(Message(warning=error.reason))


def _look(_request: Request, say: Say) -> None:
    say(Message(is_archive=detect_kind(sys.stdin.buffer.read()) is FileKind.ZIP))


def _unpack(request: Request, say: Say) -> None:
    for name, file in unpack(request.name, sys.stdin.buffer, Path.cwd(), request.limits.archive, request.reading):
        say(Message(member=(name, file)))


_TASKS = {Task.READ: _read, Task.LOOK: _look, Task.UNPACK: _unpack}

if __name__ == "__main__":
    main()
