"""The background work on the records of this installation."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from api.jobs.adapters.sql import SqlWorkStore, prepare_work
from api.jobs.huey_places import QUEUE_FILE, MakeHuey, huey_in_file, huey_in_valkey
from api.jobs.huey_queue import HueyQueue
from api.jobs.work_queue import BackgroundWork
from api.wiring.valkey import Valkey


def background_work(engine: Engine, home: Path, huey: MakeHuey) -> BackgroundWork:
    """Raises StoreUnavailable."""
    prepare_work(engine)
    return HueyQueue(SqlWorkStore(engine), home, huey=huey)


def huey_on(home: Path, valkey: Valkey | None) -> MakeHuey:
    return huey_in_valkey(valkey.jobs) if valkey else huey_in_file(home / QUEUE_FILE)
