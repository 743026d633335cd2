"""The background work on the records of this installation."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from api.jobs.adapters.sql import SqlWorkStore, prepare_work
from api.jobs.huey_queue import HueyQueue
from api.jobs.work_queue import BackgroundWork


def background_work(engine: Engine, home: Path) -> BackgroundWork:
    """Raises StoreUnavailable."""
    prepare_work(engine)
    return HueyQueue(SqlWorkStore(engine), home)
