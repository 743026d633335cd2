"""Hot questions as entries that administrators edit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from knowledge_base.content.models import Row

_LAST = 1_000_000


def hot_question_rows(path: Path) -> dict[str, Row]:
    """The shipped ones in their order; none where there is no such file."""
    if not path.is_file():
        return {}
    table: Mapping[str, Mapping[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        question: {"question": question, "order": str(place * 10), "topic": facts["topic"]}
        for place, (question, facts) in enumerate(table.items(), 1)
    }


def questions_of(rows: Mapping[str, Row]) -> tuple[str, ...]:
    """In the order given to them; those without one last."""
    return tuple(sorted(rows, key=lambda question: int(rows[question].get("order") or _LAST)))
