"""A Rewording over fakes, and the real demonstration passages as citations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import BoundedSemaphore

from assistant.generation.generated_text_checker import GeneratedTextChecker
from assistant.generation.prompt import load_prompt
from assistant.generation.rewording import Rewording
from assistant.generation.rules import load_checking_rules
from assistant.models import AcceptedPassage, Answer, AnswerBlock, AnswerRecord, BlockKind, Citation
from assistant.ports import AnswerGenerator
from assistant.quotation import Span
from assistant.steps.citations import cite_guide, cite_policy
from assistant.wording import load_wording
from indexing.models import RankedPassage
from indexing.passage_splitter import guide_passage, split_edition
from knowledge_base.adapters.entry_files import load_guides
from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.document_reader import read_document
from knowledge_base.models import RawDocument, ServiceGuide
from knowledge_base.regions import RegionDirectory
from knowledge_base.validity import editions, in_force_on
from tests.factories import a_citation, an_answer, an_answer_record
from tests.fakes.call_budget import MemoryCallBudget
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.document_store import MemoryDocumentStore

SEEDS = Path(__file__).parents[3] / "knowledge_base" / "seeds"
REGIONS = RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FIELDS = {"申请条件": "conditions", "申请材料": "required_materials", "办理时限": "time_limit", "收费标准": "fee", "咨询电话": "phone"}


def alike(_one: str, _other: str) -> float:
    """Everything means the same: what is dropped is dropped for its words alone."""
    return 1.0


def a_checker(similarity: Callable[[str, str], float] = alike) -> GeneratedTextChecker:
    return GeneratedTextChecker(load_checking_rules(), similarity)


def a_rewording(
    generator: AnswerGenerator,
    *,
    daily_calls: int = 1000,
    seats: int = 4,
    similarity: Callable[[str, str], float] = alike,
    conversations: MemoryConversationStore | None = None,
) -> tuple[Rewording, MemoryConversationStore]:
    conversations = conversations or MemoryConversationStore()
    rewording = Rewording(
        generator=generator,
        checker=a_checker(similarity),
        prompt=load_prompt(),
        checker_version="rules",
        budget=MemoryCallBudget(),
        daily_calls=daily_calls,
        seats=BoundedSemaphore(seats),
        conversations=conversations,
        wording=load_wording(),
        mask=lambda text: text.replace("13800138000", "【手机号】"),
        clock=lambda: NOW,
    )
    return rewording, conversations


def citing(*quotes: str, **facts: object) -> AnswerRecord:
    """An answer that quotes these texts, numbered from 1."""
    citations = tuple(replace(a_citation(), number=n, quote=quote, **facts) for n, quote in enumerate(quotes, start=1))  # type: ignore[arg-type]
    return answering(citations)


def answering(citations: tuple[Citation, ...], answer_id: str = "a-1") -> AnswerRecord:
    blocks = tuple(AnswerBlock(BlockKind.QUOTE, (citation.quote,), citation.title, citation.number) for citation in citations)
    text = "\n".join(citation.quote for citation in citations)
    answer: Answer = replace(an_answer(), blocks=blocks, citations=citations, text=text)
    return an_answer_record(answer_id, answer=answer)


def demonstration_citations() -> tuple[Citation, ...]:
    """Every passage of the demonstration policies in force and the main fields of every guide, each as one citation."""
    documents = MemoryDocumentStore()
    catalog = DocumentCatalog(documents, lambda: NOW)
    parser = next(parser for parser in default_parsers() if ".md" in parser.suffixes)
    for path in sorted((SEEDS / "demo" / "policies").glob("*.md")):
        (text,) = parser.parse(RawDocument(path.name, path.read_bytes(), str(path)))
        catalog.publish(read_document(text, REGIONS), "测试", "导入演示文件")
    found = [citation for history in documents.histories() for citation in _of_policies(history)]
    for guide in load_guides(SEEDS / "demo" / "guides.yaml", REGIONS):
        found += _of_guide(guide)
    return tuple(found)


def _of_policies(history: object) -> list[Citation]:
    cited = []
    for edition in editions(history):  # type: ignore[arg-type]  # revisions of one document
        if not in_force_on(edition, TODAY):
            continue
        for passage in split_edition(edition):
            item = AcceptedPassage(RankedPassage(passage, 1.0, 0.9, 5.0), edition=edition)
            cited.append(cite_policy(1, item, edition, Span(passage.start, passage.end), TODAY))
    return cited


def _of_guide(guide: ServiceGuide) -> list[Citation]:
    passage, cited = guide_passage(guide), []
    item = AcceptedPassage(RankedPassage(passage, 1.0, 0.9, 5.0), guide=guide)
    for heading, name in FIELDS.items():
        value = getattr(guide, name)
        lines = value if isinstance(value, tuple) else (value,)
        lines = tuple(line for line in lines if line)
        if lines:
            start = passage.text.index(lines[0])
            end = passage.text.index(lines[-1], start) + len(lines[-1])
            cited.append(cite_guide(1, item, guide, f"办事指南·{heading}", Span(start, end)))
    return cited
