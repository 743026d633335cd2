"""Frozen values on the way from a citizen's question to an answer, in the order in which the steps make them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from assistant import facets as facet_names
from assistant.answer_status import AnswerStatus
from assistant.generation.models import GenerationTrace
from assistant.intents import Intent
from indexing.models import RankedPassage
from knowledge_base import china_time
from knowledge_base.models import Edition, ServiceGuide, ValidityStatus

Facet = facet_names.Facet
CHINA_TIME = china_time.CHINA_TIME  # which day it is there decides what is in force


@dataclass(frozen=True, slots=True)
class CitizenQuestion:
    """As received. Must not be stored or logged before the privacy screen. `jurisdiction` None: the person named no region."""

    message: str
    conversation_id: str
    jurisdiction: str | None
    as_of: date
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class MaskedSpan:
    """What kind of personal data was masked and where it stood in the original; never the value itself."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ScreenedQuestion:
    """`text` is safe to store. `masked` says what was taken out."""

    text: str
    conversation_id: str
    jurisdiction: str | None
    as_of: date
    asked_at: datetime
    masked: tuple[MaskedSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class UnderstoodQuestion:
    """`standalone_text` can be understood without the conversation. `facets` in the order asked; empty for a general question.

    `jurisdiction` is the region named in the question, else the person's own; None where neither is known. `asking` is the part of a
    long message to search for and to measure evidence against; "" for the whole.
    """

    standalone_text: str
    facets: tuple[Facet, ...]
    jurisdiction: str | None
    as_of: date
    screened: ScreenedQuestion
    intent: Intent | None = None
    asking: str = ""

    @property
    def searched(self) -> str:
        return self.asking or self.standalone_text


@dataclass(frozen=True, slots=True)
class AcceptedPassage:
    """A passage that may be cited, with its source as the catalogue holds it now: an edition for policies, the guide for guides."""

    ranked: RankedPassage
    edition: Edition | None = None
    guide: ServiceGuide | None = None

    @property
    def is_demonstration(self) -> bool:
        return self.guide.is_demonstration if self.guide else bool(self.edition and self.edition.revision.metadata.is_demonstration)


@dataclass(frozen=True, slots=True)
class RejectedPassage:
    """`score` is the fused one; the others as in RankedPassage."""

    passage_id: str
    score: float
    reason: str
    vector_score: float = 0.0
    lexical_score: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Passages that may be cited, best first, and those that may not, with the reason in Chinese."""

    accepted: tuple[AcceptedPassage, ...]
    rejected: tuple[RejectedPassage, ...]
    snapshot_id: str
    timings_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and exactly where it stands. `start`/`end` are character offsets in the edition's text (or the guide's field text).

    `quote == source_text[start:end]`. `link` opens the provision on the policy page.
    """

    number: int
    title: str
    document_number: str | None
    provision: str
    quote: str
    start: int
    end: int
    document_id: str
    edition: int
    passage_id: str
    effective_on: date | None
    ends_on: date | None
    validity: ValidityStatus
    issuing_authorities: tuple[str, ...]
    jurisdiction: str
    link: str
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class DepartmentCard:
    id: str
    name: str
    phone: str
    hours: str
    address: str


class BlockKind(StrEnum):
    """Where a block's words come from: fixed wording, a provision word for word, or a field of a guide or of the department directory.

    A SECTION has a heading alone: one of several questions, or a region; the blocks below it belong to it. GENERATED: a language model.
    """

    WORDING = "wording"
    QUOTE = "quote"
    GUIDE = "guide"
    SECTION = "section"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class AnswerBlock:
    """A stretch of the answer; `lines` stand one below the other; `heading` is fixed wording or a provision's citation.

    `citation` is a Citation.number; every line of generated text has its own instead, in `line_citations`.
    """

    kind: BlockKind
    lines: tuple[str, ...]
    heading: str = ""
    citation: int | None = None
    line_citations: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    """Composed, not yet checked. `subjects` are the titles it is about, for follow-up questions."""

    status: AnswerStatus
    subjects: tuple[str, ...]
    blocks: tuple[AnswerBlock, ...]
    citations: tuple[Citation, ...]
    department: DepartmentCard | None
    next_questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One of several questions asked in one message, and how its part of the answer ended."""

    question: str
    status: AnswerStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """What the citizen gets. `text` is the blocks as plain text. `documents_as_of` dates the policy base the answer rests on.

    `parts` are the questions of a message that asked several; empty for one question.
    """

    status: AnswerStatus
    text: str
    blocks: tuple[AnswerBlock, ...] = ()
    citations: tuple[Citation, ...] = ()
    department: DepartmentCard | None = None
    next_steps: tuple[str, ...] = ()
    next_questions: tuple[str, ...] = ()
    documents_as_of: date | None = None
    offers_person: bool = False
    parts: tuple[AnswerPart, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationTurn:
    """A past turn as stored: masked question, its standalone form, the answer's status and what it was about (titles cited)."""

    asked_at: datetime
    text: str
    standalone_text: str
    status: AnswerStatus
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """Who decided on an answer that was held back, when, and, where it was declined, why."""

    by: str
    at: datetime
    released: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SearchTrace:
    """What the search for evidence was asked and what it gave, best first. `fate` "" where a passage was accepted, else why it was not.

    `versions` are digests of what decided: "wording", "rules", "tuning" and whatever else had a part in it. `text` is what was searched
    for where that is not the record's `standalone_text`: one of several questions.
    """

    jurisdiction: str | None
    as_of: date
    ranked: tuple[TracedPassage, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    text: str = ""


@dataclass(frozen=True, slots=True)
class TracedPassage:
    passage_id: str
    score: float
    vector_score: float
    lexical_score: float
    fate: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """Everything needed to show an old answer again exactly. `intent` None: it never came to telling it.

    `withheld` is the drafted answer on a sensitive topic while nobody has decided on it; `release` the decision. `search` None: nothing
    was searched for, or the record is older than the keeping of it. `further_searches`: those for the further ones of several
    questions; these then stand line by line in `standalone_text`. `generation`: what a language model was asked to add.
    """

    answer_id: str
    conversation_id: str
    question: ScreenedQuestion
    standalone_text: str
    answer: Answer
    subjects: tuple[str, ...]
    snapshot_id: str
    embedder_fingerprint: str
    timings_ms: dict[str, float]
    intent: Intent | None = None
    withheld: Answer | None = None
    release: Release | None = None
    search: SearchTrace | None = None
    further_searches: tuple[SearchTrace, ...] = ()
    generation: GenerationTrace | None = None


class FeedbackKind(StrEnum):
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    WANTS_PERSON = "wants_person"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class AnswerFeedback:
    """What a citizen, or an operator (WRONG, with the reason), said of an answer; `comment` is masked."""

    kind: FeedbackKind
    comment: str
    at: datetime
