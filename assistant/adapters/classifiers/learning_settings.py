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
class Mixture:
    """Shares of the kinds of likeness; they sum to 1."""

    characters: float
    words: float
    vectors: float

    def __post_init__(self) -> None:
        if abs(self.characters + self.words + self.vectors - 1) > _ROUNDING:
            raise ValueError("[[likeness.mixtures]] 的 characters、words、vectors 之和应为 1。")


@dataclass(frozen=True, slots=True)
class LikenessSettings:
    sharpness: float
    chosen_on: int
    mixtures: tuple[Mixture, ...]


@dataclass(frozen=True, slots=True)
class FittingSettings:
    penalty: float
    balance: float
    max_examples: int
    near_duplicate: float
    least_sharp: float
    most_sharp: float


@dataclass(frozen=True, slots=True)
class SharingSettings:
    strengths: tuple[float, ...]
    least_gain: float


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
    sharing: SharingSettings
    embedding: EmbeddingSettings

    def recipe(self) -> dict[str, Any]:
        """All that changes what is learned; how the vectors are come by does not."""
        return {name: numbers for name, numbers in asdict(self).items() if name != "embedding"}


def load_learning_settings(path: Path = LEARNING_FILE) -> LearningSettings:
    """Raises TypeError for an unknown entry, KeyError or TypeError for a missing one, ValueError where shares do not sum to 1."""
    return settings_from(tomllib.loads(path.read_text(encoding="utf-8")))


def settings_from(table: Mapping[str, Mapping[str, Any]]) -> LearningSettings:
    """Raises as load_learning_settings does."""
    likeness, sharing = dict(table["likeness"]), dict(table["sharing"])
    mixtures = tuple(Mixture(**shares) for shares in likeness.pop("mixtures"))
    return LearningSettings(
        reading=ReadingSettings(**table["reading"]),
        characters=CharacterSettings(**table["characters"]),
        likeness=LikenessSettings(**likeness, mixtures=mixtures),
        fitting=FittingSettings(**table["fitting"]),
        sharing=SharingSettings(tuple(sharing.pop("strengths")), **sharing),
        embedding=EmbeddingSettings(**table["embedding"]),
    )
