"""An AnswerGenerator that says what a test wants, in pieces of a few characters."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from assistant.errors import GenerationFailed

Sentences = list[tuple[str, list[int]]]


class ScriptedGenerator:
    """`script` gets the material as read back from JSON and returns the raw text; `asked` are (instructions, material)."""

    model = "scripted"

    def __init__(self, script: Callable[[dict[str, Any]], str] | str, failure: GenerationFailed | None = None, piece: int = 7) -> None:
        self._script, self._failure, self._piece = script, failure, piece
        self.asked: list[tuple[str, str]] = []

    def write(self, instructions: str, material: str) -> Iterator[str]:
        self.asked.append((instructions, material))
        text = self._script if isinstance(self._script, str) else self._script(json.loads(material))
        for start in range(0, len(text), self._piece):
            yield text[start : start + self._piece]
        if self._failure:
            raise self._failure


def as_lines(sentences: Sentences) -> str:
    """As a model that keeps to the format writes them."""
    return "\n".join(json.dumps({"text": text, "passages": passages}, ensure_ascii=False) for text, passages in sentences)
