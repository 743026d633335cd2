"""What a model was trained to see in front of a question and of a passage."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PASSAGE_PROMPTS = ("passage", "document", "corpus")


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Either may be empty."""

    query: str
    passage: str


def find_prefixes(name: str, prompts: Mapping[str, str | None]) -> Prefixes:
    """What the model's own configuration says, else the table beside this file, else nothing."""
    stated = {key: text for key, text in prompts.items() if text}
    if stated:
        return Prefixes(stated.get("query", ""), next((stated[key] for key in _PASSAGE_PROMPTS if key in stated), ""))
    table = tomllib.loads(Path(__file__).with_name("model_prefixes.toml").read_text(encoding="utf-8"))
    for family in table["family"]:
        if family["pattern"] in name.lower():
            return Prefixes(family["query"], family["passage"])
    return Prefixes("", "")
