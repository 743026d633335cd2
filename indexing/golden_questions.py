"""Questions whose right documents are known (对照问题): what two snapshots are compared on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from indexing.errors import InvalidGoldenQuestions


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """`documents` are ids or exact titles, any of which answers it; none: the question is only watched. `as_of` None means today."""

    text: str
    jurisdiction: str | None = None
    as_of: date | None = None
    documents: tuple[str, ...] = ()


def load_golden_questions(*files: Path) -> tuple[GoldenQuestion, ...]:
    """JSON Lines: {"question", "region"?, "as_of"?, "documents"?}. A file that is not there holds none. Raises InvalidGoldenQuestions."""
    return tuple(question for file in files if file.is_file() for question in _questions(file))


def _questions(file: Path) -> Iterable[GoldenQuestion]:
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            yield _question(file.name, number, line)


def _question(file_name: str, number: int, line: str) -> GoldenQuestion:
    try:
        fields = json.loads(line)
        text, region, day = fields["question"], fields.get("region"), fields.get("as_of")
        documents = tuple(str(name) for name in fields.get("documents", ()))
        return GoldenQuestion(str(text), region or None, date.fromisoformat(day) if day else None, documents)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        example = '{"question": "居住证怎么办？", "region": "990100", "documents": ["示范市居住证管理办法"]}'
        raise InvalidGoldenQuestions(file_name, number, f"应当像 {example} 这样写。") from error
