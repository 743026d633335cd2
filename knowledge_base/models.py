"""Frozen values of the policy base: documents, revisions, provisions, guides, departments, regions. No behaviour that needs storage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

NATION_CODE = "100000"
"""Code of the whole country, the root of GB/T 2260 (the standard itself lists provinces downward)."""


class ValidityStatus(StrEnum):
    """How a document or one of its editions stands on a given day."""

    IN_FORCE = "in_force"
    NOT_YET_EFFECTIVE = "not_yet_effective"
    AMENDED = "amended"
    REPEALED = "repealed"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    ValidityStatus.IN_FORCE: "现行有效",
    ValidityStatus.NOT_YET_EFFECTIVE: "尚未生效",
    ValidityStatus.AMENDED: "已修改",
    ValidityStatus.REPEALED: "废止",
    ValidityStatus.LAPSED: "失效",
}


class ProvisionLevel(StrEnum):
    """Outline levels of 立法法 (编 章 节 条 款 项 目), plus what notices and annexes need."""

    DOCUMENT = "document"
    ATTACHMENT = "attachment"
    PART = "part"
    SUBPART = "subpart"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    SUBITEM = "subitem"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Provision:
    """One node of the outline, a half-open span [start, end) of the edition's text, in characters.

    Children are contiguous and reach `end`; the node's own text is what stands before its first child. Concatenating the own
    texts in order gives back the source text, character for character.

    `path` is unique within the edition and never depends on position alone, e.g. "第十条", "第十条/第二款", "第十条/第二款/（三）",
    "附件1/第三条", "二、/（一）". `label` is the number as written ("第十条", "（三）", "二、"), "" where the level carries none (款).
    `title` is the heading's own words ("总则"), "" where there are none. `citation` is how it is cited: "第十条第二款第（三）项".
    """

    level: ProvisionLevel
    label: str
    path: str
    citation: str
    title: str
    start: int
    end: int
    children: tuple[Provision, ...] = ()

    def own_text(self, source: str) -> str:
        return source[self.start : self.children[0].start if self.children else self.end]

    def text(self, source: str) -> str:
        return source[self.start : self.end]

    def walk(self) -> Iterator[Provision]:
        """This node, then its descendants, in source order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class RepealNotice:
    """A sentence of a document that ends another ("《…》（…号）同时废止"), with its place [start, end) as evidence."""

    title: str
    document_number: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DocumentMetadata:
    """What a document says of itself.

    `expires_on` is the first day on which it no longer binds ("有效期至2025年12月31日" gives 2026-01-01). `effective_on` is never
    missing once published: without 施行日期 it is the publication date and `effective_on_inferred` is true. Titles carry no 《》.
    `document_number` is in normal form: 示政发〔2024〕12号, 第12号令. `release_on` is the first day on which citizens may see it, None for
    at once; it says nothing of when the document binds. `read_by_machine`: its text comes from a scan and nobody has confirmed it yet.
    `set_by_hand` names what a person has stated instead of the file: fields of this class, and "text"; the same file read again does not
    overrule them.
    """

    title: str
    document_number: str | None = None
    issuing_authorities: tuple[str, ...] = ()
    jurisdiction: str = NATION_CODE
    signed_on: date | None = None
    published_on: date | None = None
    effective_on: date | None = None
    effective_on_inferred: bool = False
    expires_on: date | None = None
    repeals: tuple[RepealNotice, ...] = ()
    topics: tuple[str, ...] = ()
    source_url: str | None = None
    is_demonstration: bool = False
    release_on: date | None = None
    read_by_machine: bool = False
    set_by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawDocument:
    """Bytes as they came from a source. `name` is the file name, `origin` where it was found (path or URL)."""

    name: str
    content: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class ParsedText:
    """Plain text read from a raw document. `hints` are metadata the file states outright (front matter, BEIR metadata, columns).

    `read_by_machine`: the text was recognised from pictures of pages and may be wrong in places.
    """

    text: str
    title: str | None = None
    document_id: str | None = None
    hints: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    read_by_machine: bool = False


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document ready for the catalogue: text, outline over it, and metadata."""

    document_id: str
    text: str
    outline: Provision
    metadata: DocumentMetadata
    warnings: tuple[str, ...] = ()


class ChangeKind(StrEnum):
    PUBLISH = "publish"
    AMEND = "amend"
    CORRECT = "correct"
    REPEAL = "repeal"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class RevisionChange:
    """Who made a revision, when (UTC), why."""

    kind: ChangeKind
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentRevision:
    """The state of a document after one change. `number` counts from 1; `edition` counts texts and grows only by amendment.

    `repealed_on` is the first day it no longer binds; `repealed_by` the id (or, if unknown here, the title) of what ended it.
    """

    document_id: str
    number: int
    edition: int
    text: str
    text_digest: str
    outline: Provision
    metadata: DocumentMetadata
    change: RevisionChange
    repealed_on: date | None = None
    repealed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """One text of a document with the days on which it binds: [effective_on, ends_on), `ends_on` None while open.

    `ending` says why it ends (AMENDED, REPEALED or LAPSED), None while open.
    """

    document_id: str
    number: int
    revision: DocumentRevision
    effective_on: date
    ends_on: date | None
    ending: ValidityStatus | None


class RegionLevel(StrEnum):
    NATION = "nation"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Region:
    """An administrative division; `code` is its six-digit GB/T 2260 code, `parent_code` None for the nation only."""

    code: str
    name: str
    level: RegionLevel
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class Department:
    """An entry of the department directory. `duties` are sentences of its 三定规定; `matters` the things people come for."""

    id: str
    name: str
    jurisdiction: str
    phone: str
    hours: str
    address: str
    duties: tuple[str, ...]
    matters: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    parent_id: str | None = None
    url: str | None = None
    is_demonstration: bool = False


@dataclass(frozen=True, slots=True)
class ServiceGuide:
    """A service guide (办事指南). Every field is shown to citizens word for word; an unknown one is "" or empty, never guessed."""

    id: str
    title: str
    department_id: str
    jurisdiction: str
    topic: str
    aliases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    required_materials: tuple[str, ...] = ()
    process: tuple[str, ...] = ()
    time_limit: str = ""
    fee: str = ""
    place: str = ""
    hours: str = ""
    phone: str = ""
    url: str = ""
    basis: tuple[str, ...] = ()
    usual_questions: tuple[str, ...] = ()
    is_demonstration: bool = False
