"""Reads the questionnaire from questionnaire.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.surveys.models import QuestionKind, Questionnaire, SurveyQuestion, SurveySubject

QUESTIONNAIRE_FILE = Path(__file__).with_name("questionnaire.toml")


def load_questionnaire(path: Path = QUESTIONNAIRE_FILE) -> Questionnaire:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError where the file is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    questions = {name: _question(name, entry) for name, entry in table["questions"].items()}
    subjects = {SurveySubject(name): entry for name, entry in table["subjects"].items()}
    return Questionnaire(
        version=int(table["version"]),
        asked={subject: tuple(questions[name] for name in entry["questions"]) for subject, entry in subjects.items()},
        labels={subject: entry["label"] for subject, entry in subjects.items()},
        words=table["words"],
    )


def _question(name: str, entry: Mapping[str, Any]) -> SurveyQuestion:
    options = tuple((str(value), str(words)) for value, words in entry.get("options", ()))
    question = SurveyQuestion(name, QuestionKind(entry["kind"]), entry["text"], bool(entry["required"]), options)
    if question.kind is QuestionKind.CHOICE and not options:
        raise ValueError(f"questionnaire: {name} has no options")
    return question
