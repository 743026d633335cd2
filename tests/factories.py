"""Values for tests: every argument has a harmless default, so that a test shows only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from assistant.answer_status import AnswerStatus
from assistant.models import (
    Answer,
    AnswerBlock,
    AnswerRecord,
    BlockKind,
    Citation,
    DepartmentCard,
    MaskedSpan,
    ScreenedQuestion,
)
from knowledge_base.document_catalog import digest_text
from knowledge_base.models import (
    ChangeKind,
    Department,
    DocumentMetadata,
    DocumentRevision,
    ParsedDocument,
    Provision,
    RepealNotice,
    RevisionChange,
    ServiceGuide,
    ValidityStatus,
)
from knowledge_base.outline_parser import parse_outline

DEMO_PROVINCE, DEMO_CITY, DEMO_DISTRICT, OTHER_DEMO_DISTRICT = "990000", "990100", "990102", "990103"
A_TEXT = "第一条 申领居住证，应当提交身份证明和居住地址证明。\n第二条 本办法自2024年1月1日起施行。\n"


def a_moment(day: date = date(2024, 6, 1), hour: int = 8) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def an_outline(text: str = A_TEXT) -> Provision:
    return parse_outline(text)


def some_metadata(
    title: str = "示范市居住证管理办法",
    number: str | None = None,
    effective_on: date | None = date(2024, 1, 1),
    expires_on: date | None = None,
    jurisdiction: str = DEMO_CITY,
    repeals: tuple[RepealNotice, ...] = (),
    **others: object,
) -> DocumentMetadata:
    metadata = DocumentMetadata(
        title=title,
        document_number=number,
        effective_on=effective_on,
        expires_on=expires_on,
        jurisdiction=jurisdiction,
        repeals=repeals,
    )
    return replace(metadata, **others)  # type: ignore[arg-type]


def a_repeal_notice(title: str, number: str | None = None) -> RepealNotice:
    return RepealNotice(title=title, document_number=number, start=0, end=1)


def a_document(
    id: str = "d-residence",  # noqa: A002 - reads best at the call
    text: str = A_TEXT,
    metadata: DocumentMetadata | None = None,
    warnings: tuple[str, ...] = (),
    **about: object,
) -> ParsedDocument:
    """`about` goes to `some_metadata`: title, number, effective_on, expires_on, jurisdiction, repeals …"""
    return ParsedDocument(id, text, an_outline(text), metadata or some_metadata(**about), warnings)  # type: ignore[arg-type]


def a_revision(
    document_id: str = "d-residence",
    number: int = 1,
    edition: int = 1,
    text: str = A_TEXT,
    kind: ChangeKind = ChangeKind.PUBLISH,
    by: str = "王编辑",
    at: datetime | None = None,
    reason: str = "首次收录",
    repealed_on: date | None = None,
    repealed_by: str | None = None,
    metadata: DocumentMetadata | None = None,
    **about: object,
) -> DocumentRevision:
    """`about` goes to `some_metadata`."""
    return DocumentRevision(
        document_id=document_id,
        number=number,
        edition=edition,
        text=text,
        text_digest=digest_text(text),
        outline=an_outline(text),
        metadata=metadata or some_metadata(**about),  # type: ignore[arg-type]
        change=RevisionChange(kind, by, at or a_moment(), reason),
        repealed_on=repealed_on,
        repealed_by=repealed_by,
    )


def a_department(id: str = "dept-police", name: str = "示范市公安局", **fields: object) -> Department:  # noqa: A002 - reads best at the call
    department = Department(
        id=id,
        name=name,
        jurisdiction=DEMO_CITY,
        phone="0900-8880101",
        hours="工作日 9:00—17:00",
        address="示范市明德区中心路1号",
        duties=("负责全市户籍和居住证管理。",),
    )
    return replace(department, **fields)  # type: ignore[arg-type]


def a_guide(id: str = "guide-residence", title: str = "居住证首次申领", **fields: object) -> ServiceGuide:  # noqa: A002 - reads best at the call
    guide = ServiceGuide(
        id=id,
        title=title,
        department_id="dept-police",
        jurisdiction=DEMO_CITY,
        topic="居住证",
        required_materials=("本人居民身份证", "居住地址证明"),
        time_limit="15个工作日",
        fee="免费",
        phone="0900-8880101",
    )
    return replace(guide, **fields)  # type: ignore[arg-type]


def a_screened_question(
    text: str = "居住证怎么办？", conversation_id: str = "c-1", asked_at: datetime | None = None, jurisdiction: str = DEMO_CITY
) -> ScreenedQuestion:
    moment = asked_at or a_moment()
    return ScreenedQuestion(text, conversation_id, jurisdiction, moment.date(), moment, masked=(MaskedSpan("mobile", 3, 14),))


def a_citation(number: int = 1, quote: str = "申领居住证，应当提交身份证明和居住地址证明。") -> Citation:
    return Citation(
        number=number,
        title="示范市居住证管理办法",
        document_number="示政发〔2023〕8号",
        provision="第一条",
        quote=quote,
        start=4,
        end=4 + len(quote),
        document_id="d-residence",
        edition=1,
        passage_id="d-residence.e1#第一条",
        effective_on=date(2024, 1, 1),
        ends_on=None,
        validity=ValidityStatus.IN_FORCE,
        issuing_authorities=("示范市人民政府",),
        jurisdiction=DEMO_CITY,
        link="/policies/d-residence#第一条",
        is_demonstration=True,
    )


def an_answer(status: AnswerStatus = AnswerStatus.ANSWERED) -> Answer:
    citation = a_citation()
    return Answer(
        status=status,
        text=citation.quote,
        blocks=(AnswerBlock(BlockKind.QUOTE, (citation.quote,), heading="第一条", citation=1),),
        citations=(citation,),
        department=DepartmentCard("dept-police", "示范市公安局", "0900-8880101", "工作日 9:00—17:00", "示范市明德区中心路1号"),
        next_steps=("带齐材料到居住地派出所办理。",),
        next_questions=("居住证要多少钱？",),
        documents_as_of=date(2024, 6, 1),
    )


def an_answer_record(
    answer_id: str = "a-1",
    conversation_id: str = "c-1",
    text: str = "居住证怎么办？",
    asked_at: datetime | None = None,
    answer: Answer | None = None,
    subjects: tuple[str, ...] = ("示范市居住证管理办法",),
) -> AnswerRecord:
    return AnswerRecord(
        answer_id=answer_id,
        conversation_id=conversation_id,
        question=a_screened_question(text, conversation_id, asked_at),
        standalone_text=text,
        answer=answer or an_answer(),
        subjects=subjects,
        snapshot_id="20240601-1",
        embedder_fingerprint="e5-small:bf16",
        timings_ms={"search": 12.5},
    )
