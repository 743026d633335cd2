"""The demonstration content behind a real desk, where a test says which passages a search finds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from api.container import SEEDS
from assistant.adapters.characters.pinyin_sounds import PinyinSounds
from assistant.adapters.characters.simplified_script import OpenCcScript
from assistant.assembly import AnsweringPorts, assemble_assistant
from assistant.hotline.desk_assembly import assemble_desk
from assistant.hotline.desk_card import DeskAssistant
from assistant.hotline.desk_models import DeskCard
from assistant.models import CHINA_TIME
from assistant.rules import load_rules
from indexing.models import Passage, RankedPassage, RankingMode, SearchQuery, SearchResult
from indexing.passage_splitter import split_edition
from knowledge_base.adapters.entry_files import load_departments, load_guides
from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.import_documents import import_documents
from knowledge_base.models import ServiceGuide
from knowledge_base.validity import editions
from tests.assistant.in_memory import REGIONS, TOKENIZER
from tests.factories import DEMO_CITY
from tests.fakes.conversation_store import MemoryConversationStore
from tests.fakes.desk_senses import FirstDepartmentRouter, WordRecogniser
from tests.fakes.document_store import MemoryDocumentStore
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = NOW.astimezone(CHINA_TIME).date()
_FOLDER = SEEDS / "demo"


@dataclass
class FoundBeforehand:
    """A searcher that finds `passages`, the first one best, wherever they bind; it counts how often it is asked, and for what."""

    passages: tuple[Passage, ...] = ()
    searches: int = 0
    asked: tuple[str, ...] = ()

    def search(self, query: SearchQuery, mode: RankingMode = RankingMode.DEFAULT) -> SearchResult:
        self.searches += 1
        self.asked += (query.text,)
        bound = [passage for passage in self.passages if _binds(passage, query)]
        hits = tuple(RankedPassage(passage, 0.9 / (place + 1), 0.95 - 0.01 * place, 9.0) for place, passage in enumerate(bound))
        return SearchResult(hits, "memory", {})


def _binds(passage: Passage, query: SearchQuery) -> bool:
    day, place = query.as_of, query.jurisdiction
    in_force = day is None or (passage.effective_on <= day and (passage.ends_on is None or day < passage.ends_on))
    return in_force and (place is None or passage.jurisdiction in REGIONS.lineage(place))


@dataclass
class DemonstrationDesk:
    guides: tuple[ServiceGuide, ...]
    documents: MemoryDocumentStore
    policy_passages: tuple[Passage, ...]
    searcher: FoundBeforehand
    conversations: MemoryConversationStore
    desk: DeskAssistant = field(repr=False)

    def card(self, notes: str, *found: Passage, plain: bool = False, choice: str = "", region: str | None = DEMO_CITY) -> DeskCard:
        self.searcher.passages, self.searcher.searches, self.searcher.asked = found, 0, ()
        return self.desk.card(notes, jurisdiction=region, as_of=TODAY, plain=plain, choice=choice, conversation_id="call-1")

    def guide(self, guide_id: str) -> ServiceGuide:
        return next(guide for guide in self.guides if guide.id == guide_id)

    def passage_of(self, document_id: str, words: str) -> Passage:
        """The passage of the text in force that holds these words."""
        fitting = (p for p in self.policy_passages if p.document_id == document_id and words in p.text)
        return next(p for p in fitting if p.effective_on <= TODAY and (p.ends_on is None or p.ends_on > TODAY))


def a_demonstration_desk() -> DemonstrationDesk:
    documents, conversations, searcher = MemoryDocumentStore(), MemoryConversationStore(), FoundBeforehand()
    catalog = DocumentCatalog(documents, lambda: NOW)
    report = import_documents([_FOLDER / "policies"], default_parsers(), REGIONS, catalog, "test", lambda *_: None, originals=None)
    assert not report.failed
    guides = tuple(load_guides(_FOLDER / "guides.yaml", REGIONS))
    departments = MemoryDepartmentStore(load_departments(_FOLDER / "departments.yaml", REGIONS))
    rules = load_rules()
    answering = assemble_assistant(
        AnsweringPorts(
            searcher=searcher,
            tokenizer=TOKENIZER,
            documents=documents,
            guides=MemoryGuideStore(guides),
            departments=departments,
            regions=REGIONS,
            conversations=conversations,
            script=OpenCcScript(),
            sounds=PinyinSounds(),
            embedder_fingerprint="none",
            rules=replace(rules, evidence=replace(rules.evidence, strong_vector_score=0.6, min_vector_score=0.2)),
        )
    )
    passages = tuple(p for history in documents.histories() for edition in editions(history) for p in split_edition(edition))
    desk = assemble_desk(answering, WordRecogniser(), FirstDepartmentRouter(departments), lambda: NOW)
    return DemonstrationDesk(guides, documents, passages, searcher, conversations, desk)
