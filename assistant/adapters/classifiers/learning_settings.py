"""The numbers of learning.toml as frozen values. No decisions here."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LEARNING_FILE = Path(__file__).with_name("learning.toml")
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """In characters."""

    head_characters: int
    max_characters: int


@dataclass(frozen=True, slots=True)
class CharacterSettings:
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class LikenessSettings:
    """The first three are shares that sum to 1."""

    characters: float
    words: float
    vectors: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class FittingSettings:
    penalty: float
    max_examples: int
    near_duplicate: float
    least_sharp: float
    most_sharp: float


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    texts_per_call: int
    most_threads: int
    remembered_texts: int


@dataclass(frozen=True, slots=True)
class LearningSettings:
    reading: ReadingSettings
    characters: CharacterSettings
    likeness: LikenessSettings
    fitting: FittingSettings
    embedding: EmbeddingSettings

    def recipe(self) -> dict[str, dict[str, float]]:
        """All that changes what is learned; how the vectors are come by does not."""
        return {name: numbers for name, numbers in asdict(self).items() if name != "embedding"}


def load_learning_settings(path: Path = LEARNING_FILE) -> LearningSettings:
    """Raises TypeError for an unknown entry, KeyError or TypeError for a missing one, ValueError where the shares do not sum to 1."""
    return settings_from(tomllib.loads(path.read_text(encoding="utf-8")))


def settings_from(table: Mapping[str, Mapping[str, Any]]) -> LearningSettings:
    """Raises as load_learning_settings does."""
    likeness = LikenessSettings(**table["likeness"])
    if abs(likeness.characters + likeness.words + likeness.vectors - 1) > _ROUNDING:
        raise ValueError("[likeness] characters、words、vectors 之和应为 1。")
    return LearningSettings(
        reading=ReadingSettings(**table["reading"]),
        characters=CharacterSettings(**table["characters"]),
        likeness=likeness,
        fitting=FittingSettings(**table["fitting"]),
        embedding=EmbeddingSettings(**table["embedding"]),
    )
