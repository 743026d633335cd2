"""Puts a trained adapter on the disk: whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from indexing.adapters.snapshot_format import flush, make_durable
from indexing.training.models import TrainedAdapter

LOG = "training_log.json"


def write_adapter(folder: Path, trained: TrainedAdapter) -> None:
    """Adapter, card and log in a new `folder`: written beside, flushed, then named. Raises FileExistsError, OSError."""
    if folder.exists():
        raise FileExistsError(str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}-building-*"):
        shutil.rmtree(left)
    building = folder.with_name(f".{folder.name}-building-{os.getpid()}")
    trained.adapter.save(building)
    (building / LOG).write_text(json.dumps(trained.log, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    make_durable(building)
    building.rename(folder)
    flush(folder.parent)
