"""What is sent to a language model: our instructions, and as delimited data the screened question and what the answer cites."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.generation.placeholders import Placeholders
from assistant.models import Citation

PROMPT_FILE = Path(__file__).with_name("prompt.zh.toml")


@dataclass(frozen=True, slots=True)
class Prompt:
    version: str
    instructions: str


def load_prompt(path: Path = PROMPT_FILE) -> Prompt:
    """Raises TypeError for a missing or unknown entry."""
    return Prompt(**tomllib.loads(path.read_text(encoding="utf-8")))


def material(question: str, citations: Sequence[Citation], placeholders: Placeholders) -> str:
    """JSON in one line; every character that could end it is escaped."""
    passages = [
        {
            "n": citation.number,
            "source": placeholders.hide(_source(citation), citation.number),
            "text": placeholders.hide(citation.quote, citation.number),
        }
        for citation in citations
    ]
    return json.dumps({"question": placeholders.hide(question, 0), "passages": passages}, ensure_ascii=False)


def _source(citation: Citation) -> str:
    number = f"（{citation.document_number}）" if citation.document_number else ""
    return f"《{citation.title}》{number}{citation.provision}"
