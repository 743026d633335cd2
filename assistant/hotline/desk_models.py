"""Frozen values of the operator's desk: the card that follows the typing, what to read out, what to check."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.intents import RequestType
from assistant.models import Answer, AnswerRecord, Citation, Facet
from assistant.routing import Routing


@dataclass(frozen=True, slots=True)
class DeskField:
    """One field of the service guide, word for word. `asked`: the caller asked for it."""

    facet: Facet
    heading: str
    lines: tuple[str, ...]
    asked: bool


@dataclass(frozen=True, slots=True)
class DeskSubject:
    """A guide or policy that the caller may mean; `note` tells it apart, `choice` ("guide:<id>", "policy:<id>") asks for its card."""

    choice: str
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One short sentence to read out: `lead` is fixed wording, `text` a guide field, a provision or a directory entry; either may be ""."""

    lead: str
    text: str


@dataclass(frozen=True, slots=True)
class PointToCheck:
    """A question to the caller: fixed `words`, and where it is a condition of the guide, to be answered yes or no, its own `text`."""

    words: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class DeskCard:
    """What the desk shows for the notes as they stand. Nothing of it is stored until `DeskAssistant.keep`.

    `text` is masked. `answer` is None while the notes are too short to search for. `digest` is equal for cards that answer the same.
    `sensitive_topic` "" unless a supervisor must agree before the answer is told to the caller.
    `fields` are those of `subject` where it is a guide, the asked ones first. `routing` is there where a department is needed.
    """

    text: str
    answer: Answer | None = None
    record: AnswerRecord | None = None
    subject: DeskSubject | None = None
    conclusion: tuple[str, ...] = ()
    fields: tuple[DeskField, ...] = ()
    alternatives: tuple[DeskSubject, ...] = ()
    routing: Routing | None = None
    request_type: RequestType | None = None
    suggests_order: bool = False
    script: tuple[ScriptLine, ...] = ()
    points: tuple[PointToCheck, ...] = ()
    sms: str = ""
    sensitive_topic: str = ""
    digest: str = ""

    @property
    def provisions(self) -> tuple[Citation, ...]:
        """Cited policy texts; the fields of a guide stand in `fields`."""
        return tuple(citation for citation in self.answer.citations if citation.edition) if self.answer else ()
