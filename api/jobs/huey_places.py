"""Where huey keeps who is to be woken for what: a file of this machine, or Valkey for several. What is to be done stands in the records."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from huey import Huey
    from redis import ConnectionPool

# Loading huey takes a quarter of a second, which commands that start no jobs shall not wait.
# ruff: noqa: PLC0415

QUEUE_FILE = "jobs.sqlite3"
MakeHuey = Callable[[str], "Huey"]
"""Makes the queue of a name; those of one name and one place are one queue."""


def huey_in_file(file: Path) -> MakeHuey:
    def make(name: str) -> Huey:
        from huey import SqliteHuey

        file.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey(name, filename=str(file), results=False)

    return make


def huey_in_valkey(pool: ConnectionPool) -> MakeHuey:
    """`pool` waits longer for an answer than the second for which a worker waits for something to do."""

    def make(name: str) -> Huey:
        from huey import RedisHuey

        return RedisHuey(f"zhengwen_{name}", connection_pool=pool, results=False, serializer=_plain_serializer())

    return make


def _plain_serializer() -> object:
    from huey.registry import Message
    from huey.serializer import Serializer

    # huey ships no type information.
    class PlainMessages(Serializer):  # type: ignore[misc]
        """As JSON, not as a pickle: whoever could write to Valkey could else run a program here. No task of ours has arguments."""

        def _serialize(self, message: Message) -> bytes:
            expires = message.expires_resolved
            return json.dumps([message.id, message.name, expires.isoformat() if expires else None]).encode()

        def _deserialize(self, text: bytes) -> Message:
            number, name, expires = json.loads(text)
            until = datetime.fromisoformat(expires) if expires else None
            return Message(number, name, retries=0, retry_delay=0, args=(), kwargs={}, expires_resolved=until)

    return PlainMessages()
