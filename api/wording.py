"""Sentences of the web layer, loaded from wording.zh.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WORDING_FILE = Path(__file__).with_name("wording.zh.toml")


@dataclass(frozen=True, slots=True)
class WebWording:
    """`problems` by status code: (title, detail). `validation` by pydantic's error type, "other" for the rest."""

    problems: Mapping[int, tuple[str, str]]
    validation: Mapping[str, str]
    fields: Mapping[str, str]
    steps: Mapping[str, str]

    def problem(self, status: int) -> tuple[str, str]:
        return self.problems.get(status) or self.problems[500 if status >= 500 else 400]


def load_web_wording(path: Path = WORDING_FILE) -> WebWording:
    """Raises KeyError or tomllib.TOMLDecodeError where the file is malformed."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    problems = {int(status): (title, detail) for status, (title, detail) in table["problem"].items()}
    return WebWording(problems, table["validation"], table["field"], table["step"])
