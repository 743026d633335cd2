"""Which question sets have taught what is deployed: their names, from the cards beside the shipped and the chosen weights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.settings import Settings
from indexing.training import SHIPPED, SHIPPED_ENCODER

_OFF = ("", "off", "auto")


def taught_by(settings: Settings) -> frozenset[str]:
    """Names as in "trained_on" of every card.json; a set whose card cannot be read counts as not named."""
    return frozenset(str(source["name"]) for folder in _folders(settings) for card in _cards(folder) for source in card["trained_on"])


def taught_questions(settings: Settings, name: str) -> frozenset[str]:
    """Ids of the questions of this set that have taught what is deployed, as far as the cards list them."""
    sources = (source for folder in _folders(settings) for card in _cards(folder) for source in card["trained_on"])
    return frozenset(str(question) for source in sources if source["name"] == name for question in source.get("ids") or ())


def _folders(settings: Settings) -> Iterator[Path]:
    """Where weights lie: those of the program, unless they are switched off, and those that the settings name."""
    if settings.encoder == "":
        yield SHIPPED_ENCODER.parent
    if settings.reranker == "auto":
        yield SHIPPED / "reranker"
    for chosen in (settings.encoder, settings.adapter, settings.reranker):
        if chosen not in _OFF:
            yield Path(chosen) if Path(chosen).is_dir() else Path(chosen).parent


def _cards(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*card*.json")):
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(card, dict) and all(isinstance(source, dict) and "name" in source for source in card.get("trained_on") or [None]):
            yield card
