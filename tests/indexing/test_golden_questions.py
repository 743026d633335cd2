"""Golden questions: those that ship, and those administrators write."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from api.shipped_content import SEEDS
from indexing.errors import InvalidGoldenQuestions
from indexing.golden_questions import GoldenQuestion, load_golden_questions
from indexing.verification import verification_rules
from knowledge_base.adapters.entry_files import load_guides
from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.import_documents import import_documents
from tests.factories import a_moment
from tests.fakes.document_store import MemoryDocumentStore
from tests.passage_factory import demo_regions

DEMO = SEEDS / "demo"


def test_every_shipped_question_names_documents_and_places_of_the_demonstration() -> None:
    documents = MemoryDocumentStore()
    import_documents([DEMO / "policies"], default_parsers(), demo_regions(), DocumentCatalog(documents, a_moment), "test", lambda *_: None)
    titles = {revision.metadata.title for revision in documents.all_latest()}
    titles |= {guide.title for guide in load_guides(DEMO / "guides.yaml", demo_regions())}
    questions = load_golden_questions(DEMO / "golden.jsonl")
    assert len(questions) >= 20
    assert {name for question in questions for name in question.documents} - titles == set()
    assert all(question.documents and demo_regions().resolve(question.jurisdiction or "") for question in questions)


def test_a_question_may_have_no_answer_no_place_and_a_day(tmp_path: Path) -> None:
    own = tmp_path / "golden.jsonl"
    own.write_text('{"question": "居住证怎么办？", "as_of": "2020-01-02"}\n\n', encoding="utf-8")
    assert load_golden_questions(own) == (GoldenQuestion("居住证怎么办？", None, date(2020, 1, 2), ()),)


def test_a_file_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert load_golden_questions(tmp_path / "none.jsonl") == ()


@pytest.mark.parametrize("line", ["居住证怎么办？", '{"region": "990100"}', '{"question": "一", "as_of": "昨天"}', '["一"]', "3"])
def test_an_impossible_line_is_named_with_an_example(tmp_path: Path, line: str) -> None:
    own = tmp_path / "golden.jsonl"
    own.write_text(f'{{"question": "居住证"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(InvalidGoldenQuestions, match=r"golden.jsonl 第 2 行有误：应当像"):
        load_golden_questions(own)


def test_the_shipped_rules_of_verification_ask_most_of_their_questions_to_be_found() -> None:
    rules = verification_rules()
    assert (rules.questions > 0, rules.depth > 0, 0.9 <= rules.share <= 1.0) == (True, True, True)
