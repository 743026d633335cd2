"""A whole assistant over documents in memory. Search and stores are the contract-tested fakes, everything else is real."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from assistant.answering import PolicyAssistant
from assistant.assembly import AnsweringPorts, assemble_assistant
from assistant.models import AnswerRecord, CitizenQuestion
from assistant.rules import load_rules
from assistant.sensitive_topics import SensitiveTopics
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.passage_splitter import guide_passage, split_edition
from indexing.ports import PassageSearcher
from indexing.vocabulary import load_vocabulary
from knowledge_base.models import DocumentRevision, ServiceGuide
from knowledge_base.ports import Clock
from knowledge_base.regions import RegionDirectory
from knowledge_base.released_documents import ReleasedDocuments
from knowledge_base.validity import editions
from tests.factories import DEMO_CITY, a_department
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore
from tests.fakes.memory_passage_searcher import MemoryPassageSearcher

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "knowledge_base" / "seeds"
TODAY = date(2026, 11, 22)
REGIONS = RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")
TOKENIZER = JiebaTokenizer(load_vocabulary(ROOT / "indexing" / "policy_vocabulary.yaml"))


@dataclass(frozen=True)
class Counter:
    """The assistant with the stores behind it, so that a test can change the catalogue after indexing."""

    assistant: PolicyAssistant
    documents: MemoryDocumentStore
    conversations: MemoryConversationStore

    def ask(self, message: str, region: str | None = DEMO_CITY, as_of: date = TODAY, conversation: str = "c") -> AnswerRecord:
        asked_at = datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
        return self.assistant.answer(CitizenQuestion(message, conversation, region, as_of, asked_at))


def a_counter(
    revisions: Iterable[DocumentRevision] = (),
    guides: Sequence[ServiceGuide] = (),
    searcher: PassageSearcher | None = None,
    clock: Clock | None = None,
    topics: SensitiveTopics | None = None,
) -> Counter:
    """With a `clock` documents are seen as citizens see them at that moment."""
    documents, guide_store = MemoryDocumentStore(), MemoryGuideStore(guides)
    for revision in revisions:
        documents.add(revision)
    passages = [passage for history in documents.histories() for edition in editions(history) for passage in split_edition(edition)]
    passages += [guide_passage(guide) for guide in guides]
    embedder, rules, conversations = FakeEmbedder(), load_rules(), MemoryConversationStore()
    # The fake embedder's cosines are lower than a model's.
    lenient = replace(rules, evidence=replace(rules.evidence, min_vector_score=0.2, strong_vector_score=0.6, absence_margin=0.05))
    assistant = assemble_assistant(
        AnsweringPorts(
            searcher=searcher or MemoryPassageSearcher(passages, embedder, TOKENIZER, REGIONS),
            tokenizer=TOKENIZER,
            documents=ReleasedDocuments(documents, clock) if clock else documents,
            guides=guide_store,
            departments=MemoryDepartmentStore([a_department()]),
            regions=REGIONS,
            conversations=conversations,
            embedder_fingerprint=embedder.fingerprint,
            rules=lenient,
            topics=topics,
        )
    )
    return Counter(assistant, documents, conversations)
