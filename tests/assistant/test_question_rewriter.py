"""Follow-ups, facets and regions, with the real tokenizer and the real list of regions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assistant.answer_status import AnswerStatus
from assistant.models import ConversationTurn, Facet, ScreenedQuestion
from assistant.rules import load_rules
from assistant.steps.question_rewriter import QuestionRewriter
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.vocabulary import load_vocabulary
from knowledge_base.regions import RegionDirectory
from tests.factories import a_guide
from tests.fakes.entry_stores import MemoryGuideStore

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def rewriter() -> QuestionRewriter:
    seeds = ROOT / "knowledge_base" / "seeds"
    return QuestionRewriter(
        tokenizer=JiebaTokenizer(load_vocabulary(ROOT / "indexing" / "policy_vocabulary.yaml")),
        regions=RegionDirectory.from_csv(seeds / "regions.csv", seeds / "demo" / "regions.csv"),
        guides=MemoryGuideStore([a_guide("id-card", "居民身份证补领", aliases=("身份证",)), a_guide("permit", "居住证申领")]),
        rules=load_rules(),
    )


def asked(text: str, jurisdiction: str | None = "990100") -> ScreenedQuestion:
    return ScreenedQuestion(text, "c", jurisdiction, date(2026, 11, 22), NOW)


def turn(standalone: str, subjects: tuple[str, ...] = ()) -> ConversationTurn:
    return ConversationTurn(NOW, standalone, standalone, AnswerStatus.ANSWERED, subjects)


@pytest.mark.parametrize(
    ("question", "facets"),
    [
        ("居住证怎么办，要带什么材料？", (Facet.PROCESS, Facet.MATERIALS)),
        ("办居住证多少钱", (Facet.FEE,)),
        ("在哪里办，多久能好", (Facet.PLACE, Facet.TIME_LIMIT)),
        ("公积金贷款最多能贷多少", ()),
    ],
)
def test_what_is_asked_is_recognised_in_the_order_asked(rewriter: QuestionRewriter, question: str, facets: tuple[Facet, ...]) -> None:
    assert rewriter.rewrite(asked(question), ()).facets == facets


def test_a_bare_facet_takes_its_subject_from_the_last_turn(rewriter: QuestionRewriter) -> None:
    understood = rewriter.rewrite(asked("那要多少钱？"), (turn("居住证怎么办，要带什么材料？"),))
    assert "居住证" in understood.standalone_text
    assert understood.facets == (Facet.FEE,)


def test_a_second_follow_up_still_knows_the_subject(rewriter: QuestionRewriter) -> None:
    first = rewriter.rewrite(asked("那要多少钱？"), (turn("居住证怎么办？"),))
    second = rewriter.rewrite(asked("多久能拿到"), (turn("居住证怎么办？"), turn(first.standalone_text)))
    assert "居住证" in second.standalone_text
    assert Facet.TIME_LIMIT in second.facets


def test_the_same_facet_may_be_asked_of_another_matter(rewriter: QuestionRewriter) -> None:
    understood = rewriter.rewrite(asked("那身份证呢？"), (turn("居住证要带什么材料？"),))
    assert "身份证" in understood.standalone_text
    assert "居住证" not in understood.standalone_text
    assert understood.facets == (Facet.MATERIALS,)


def test_a_question_with_its_own_subject_stays_as_it_is(rewriter: QuestionRewriter) -> None:
    text = "老人高龄津贴每个月发多少"
    assert rewriter.rewrite(asked(text), (turn("居住证怎么办？"),)).standalone_text == text


def test_without_a_conversation_nothing_is_added(rewriter: QuestionRewriter) -> None:
    assert rewriter.rewrite(asked("那要多少钱？"), ()).standalone_text == "那要多少钱？"


def test_a_district_named_in_the_question_is_its_region(rewriter: QuestionRewriter) -> None:
    assert rewriter.rewrite(asked("明德区的加装电梯补贴有多少"), ()).jurisdiction == "990102"


def test_naming_the_own_city_keeps_the_own_district(rewriter: QuestionRewriter) -> None:
    assert rewriter.rewrite(asked("示范市的公积金怎么提取", "990102"), ()).jurisdiction == "990102"


def test_two_places_side_by_side_leave_the_region_as_it_was(rewriter: QuestionRewriter) -> None:
    assert rewriter.rewrite(asked("明德区和安和区的补贴一样吗"), ()).jurisdiction == "990100"


@pytest.mark.parametrize("question", ["几天能拿到新的", "要登报吗", "腿脚不方便能不能上门", "没排上怎么办"])
def test_a_few_words_that_name_no_matter_follow_up_the_last_one(rewriter: QuestionRewriter, question: str) -> None:
    assert "居住证" in rewriter.rewrite(asked(question), (turn("居住证丢了怎么补办？"),)).standalone_text


@pytest.mark.parametrize("question", ["护照怎么办", "公租房怎么申请"])
def test_a_few_words_that_name_another_matter_stand_alone(rewriter: QuestionRewriter, question: str) -> None:
    assert rewriter.rewrite(asked(question), (turn("居住证丢了怎么补办？"),)).standalone_text == question


def test_a_follow_up_about_another_district_leaves_the_first_one_behind(rewriter: QuestionRewriter) -> None:
    understood = rewriter.rewrite(asked("安和区有没有", "990102"), (turn("明德区居住证补办多少钱"),))
    assert understood.jurisdiction == "990103"
    assert "居住证" in understood.standalone_text
    assert "明德区" not in understood.standalone_text


def test_a_place_alone_follows_up(rewriter: QuestionRewriter) -> None:
    understood = rewriter.rewrite(asked("明德区"), (turn("居住证补办多少钱"),))
    assert understood.jurisdiction == "990102"
    assert "居住证" in understood.standalone_text
