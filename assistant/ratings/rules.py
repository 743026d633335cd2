"""Reads ratings.toml: the points that may be given, and what may be rated."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer_status import AnswerStatus
from assistant.models import BlockKind

RULES_FILE = Path(__file__).with_name("ratings.toml")


@dataclass(frozen=True, slots=True)
class Grade:
    """One of the points that may be given, and when."""

    points: int
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class RatingRules:
    """Grades from best to worst. `kinds`: answers that may be rated, with the kind of case they become."""

    sentence_grades: tuple[Grade, ...]
    citation_grades: tuple[Grade, ...]
    sentence_weight: float
    listed_days: int
    listed_answers: int
    figure_weeks: int
    kinds: Mapping[AnswerStatus, str]
    sources: Mapping[BlockKind, str]
    words: Mapping[str, str]

    @property
    def best_sentence(self) -> int:
        return self.sentence_grades[0].points

    @property
    def best_citation(self) -> int:
        return self.citation_grades[0].points


def load_rating_rules(path: Path = RULES_FILE) -> RatingRules:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError where the file is malformed or a full score is not 100."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    rules = RatingRules(
        sentence_grades=tuple(_grade(entry) for entry in table["sentence"]),
        citation_grades=tuple(_grade(entry) for entry in table["citation"]),
        sentence_weight=float(table["sentence_weight"]),
        listed_days=int(table["listed_days"]),
        listed_answers=int(table["listed_answers"]),
        figure_weeks=int(table["figure_weeks"]),
        kinds={AnswerStatus(name): str(kind) for name, kind in table["kinds"].items()},
        sources={BlockKind(name): str(label) for name, label in table["sources"].items()},
        words=table["words"],
    )
    if rules.best_sentence != 100 or rules.sentence_weight * rules.best_sentence + rules.best_citation != 100:
        raise ValueError("ratings: a full score must be 100")
    return rules


def _grade(entry: Mapping[str, Any]) -> Grade:
    return Grade(int(entry["points"]), str(entry["label"]), str(entry["meaning"]))
