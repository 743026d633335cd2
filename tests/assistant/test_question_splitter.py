"""Several questions in one message, and one question in several sentences."""

from __future__ import annotations

import pytest

from assistant.rules import load_rules
from assistant.steps.question_splitter import QuestionSplitter
from tests.assistant.in_memory import TOKENIZER
from tests.factories import a_guide
from tests.fakes.entry_stores import MemoryGuideStore

GUIDES = MemoryGuideStore([a_guide(), a_guide(id="fund", title="提取住房公积金", aliases=("公积金提取",))])
SPLITTER = QuestionSplitter(TOKENIZER, GUIDES, load_rules())

SEVERAL = {
    "居住证怎么办？还有小孩上学要什么材料？": ("居住证怎么办？", "小孩上学要什么材料？"),
    "居住证怎么办还有小孩上学要什么材料": ("居住证怎么办", "小孩上学要什么材料"),
    "居住证首次申领要带什么？公积金提取要多久？": ("居住证首次申领要带什么？", "公积金提取要多久？"),
    "1、养老金怎么领 2、医保怎么报销？": ("1、养老金怎么领 2、医保怎么报销？",),
    "1、养老金怎么领？\n2、门诊医保怎么报销？": ("养老金怎么领？", "门诊医保怎么报销？"),
    "我是外地户口。居住证怎么办？另外，老人乘车卡去哪里办？": ("我是外地户口。居住证怎么办？", "老人乘车卡去哪里办？"),
}
ONE = [
    "居住证怎么办？要带什么材料？",
    "居住证怎么办？还有要多少钱？",
    "居住证需要什么材料还有多久能办好",
    "小区物业费涨价合法吗？业主不同意怎么办？",
    "我是外地户口，孩子六岁。能上小学吗？",
    "居住证怎么办？它要续签吗？",
    "居住证怎么办？",
    "你好",
]


@pytest.mark.parametrize(("message", "questions"), SEVERAL.items())
def test_questions_that_stand_on_their_own_are_told_apart(message: str, questions: tuple[str, ...]) -> None:
    assert SPLITTER.split(message) == questions


@pytest.mark.parametrize("message", ONE)
def test_what_goes_on_with_the_same_matter_stays_together(message: str) -> None:
    assert SPLITTER.split(message) == (message,)


def test_more_questions_than_can_be_shown_are_not_cut_up() -> None:
    message = "居住证怎么办？还有老人乘车卡怎么办？还有门诊医保怎么报销？还有失业登记怎么办？"
    assert SPLITTER.split(message) == (message,)


def test_every_part_stands_word_for_word_in_the_message() -> None:
    assert all(question in message for message, questions in SEVERAL.items() for question in questions)
