"""An answer as it is said in a hand-over's thread: its text, and what it rests on."""

from __future__ import annotations

from assistant.models import Answer


def answer_words(answer: Answer) -> str:
    """The text with the names of its sources behind it."""
    named = "；".join(name for name, _ in basis(answer))
    return f"{answer.text}\n（依据：{named}）" if named else answer.text


def basis(answer: Answer) -> list[tuple[str, str]]:
    """(name, link) of what the answer cites; a service guide once, however many of its fields are quoted."""
    named: dict[str, str] = {}
    for citation in answer.citations:
        is_guide = citation.edition == 0
        number = f"（{citation.document_number}）" if citation.document_number else ""
        name = f"办事指南《{citation.title}》" if is_guide else f"《{citation.title}》{number}{citation.provision}"
        named.setdefault(name, citation.link)
    return list(named.items())
