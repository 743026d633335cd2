"""A text speaks of the matter asked, or it is no evidence; the directory and the vocabulary say what there is to ask about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.matter_screen import MatterScreen
from assistant.matters import load_matters
from assistant.rules import load_rules
from indexing.models import RankedPassage
from indexing.passage_splitter import guide_passage
from knowledge_base.models import ServiceGuide
from tests.assistant.in_memory import TOKENIZER
from tests.factories import a_department, a_guide
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore

PENSION = replace(
    a_guide("pension"), title="养老待遇领取", aliases=("退休金",), required_materials=("居民身份证", "人事档案"), usual_questions=()
)
HOUSING_FUND = replace(a_guide("fund"), title="公积金贷款", aliases=("买房贷款",), required_materials=("抵押合同",), usual_questions=())


def a_screen(*guides: ServiceGuide, duties: tuple[str, ...] = ("人事档案管理", "抵押登记", "养老待遇领取", "托育机构备案")) -> MatterScreen:
    departments = MemoryDepartmentStore([replace(a_department(), matters=duties)])
    return MatterScreen(load_matters(), departments, MemoryGuideStore(guides), TOKENIZER, load_rules())


def speaks(question: str, *guides: ServiceGuide) -> list[bool]:
    screen = a_screen(*guides)
    hits = [RankedPassage(guide_passage(guide), 1.0, 0.9, 10.0) for guide in guides]
    asked = screen.asked(question, hits)
    return [screen.speaks_of(hit.passage, asked) for hit in hits]


def test_a_file_handed_in_is_not_how_files_are_moved() -> None:
    assert speaks("人事档案怎么转到外地", PENSION) == [False]


def test_a_duty_named_beside_the_matter_of_a_text_leaves_the_text() -> None:
    assert speaks("公积金贷款的抵押要办多久", HOUSING_FUND) == [True]


def test_a_matter_with_a_text_of_its_own_leaves_every_text() -> None:
    assert speaks("养老待遇领取要几天", PENSION, HOUSING_FUND) == [True, True]


def test_an_everyday_word_for_a_duty_names_it() -> None:
    assert speaks("开个托班去哪里弄", HOUSING_FUND) == [False]


def test_an_official_term_that_nothing_found_knows_leaves_nothing() -> None:
    assert speaks("工地上高温津贴发多少", HOUSING_FUND) == [False]


def test_a_question_that_names_no_matter_leaves_every_text() -> None:
    assert speaks("周末上班吗", PENSION, HOUSING_FUND) == [True, True]


@pytest.mark.parametrize("word", load_matters().service_words)
def test_a_service_word_closes_a_duty_and_is_none_itself(word: str) -> None:
    matters = load_matters()
    assert matters.core_of(f"甲乙丙{word}") == "甲乙丙"
    assert matters.core_of(word) == ""


@pytest.mark.parametrize("forms", load_matters().also_called, ids=lambda forms: forms[0])
def test_what_is_called_otherwise_names_no_matter(forms: tuple[str, ...]) -> None:
    matters = load_matters()
    for form in forms:
        assert set(forms) <= set(matters.forms_of(form))
        assert form not in matters.named_in(form)
