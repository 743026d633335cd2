"""Invention: real answers show none; each way of slipping something in is found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.models import Answer, AnswerBlock, BlockKind, DepartmentCard
from evaluation.invented_values import invented_in
from tests.evaluation.golden_cases import Place, a_place

QUESTION = "居住证多少个工作日制发"


@pytest.fixture(scope="module")
def place() -> Place:
    return a_place()


@pytest.fixture(scope="module")
def answer(place: Place) -> Answer:
    found = place.says(QUESTION)
    assert found.citations
    return found


def invented(place: Place, answer: Answer, question: str = QUESTION) -> list[tuple[str, str]]:
    return [(value.kind, value.text) for value in invented_in(answer, question, place.sources)]


def with_block(answer: Answer, *lines: str, kind: BlockKind = BlockKind.GENERATED, cited: tuple[int, ...] = (1,)) -> Answer:
    return replace(answer, blocks=(*answer.blocks, AnswerBlock(kind, lines, line_citations=tuple(cited for _ in lines))))


@pytest.mark.parametrize("question", [QUESTION, "补领居住证收多少钱", "暂住证怎么办", "今天天气怎么样", "你好", "我要办500件事"])
def test_what_the_assistant_really_says_is_never_invented(place: Place, question: str) -> None:
    assert invented(place, place.says(question), question) == []


def test_an_answer_on_the_past_is_not_invented_either(place: Place) -> None:
    answer = place.says("暂住证三十个工作日制发吗")
    assert invented(place, answer, "暂住证三十个工作日制发吗") == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("二十个工作日内制发。", "数字"),
        ("工本费15元。", "数字"),
        ("工本费是百分之十。", "数字"),
        ("见示政规〔2024〕2号。", "文号"),
        ("见京政规〔2024〕1号。", "文号"),
        ("自2025年1月1日起施行。", "日期"),
        ("请拨打0900-8889999。", "电话"),
        ("请看 https://www.shifan.example/other。", "网址"),
    ],
)
def test_what_a_model_writes_may_only_say_what_is_cited(place: Place, answer: Answer, line: str, kind: str) -> None:
    found = invented(place, with_block(answer, line))
    assert [one for one, _text in found] == [kind]


def test_a_model_may_write_a_number_another_way(place: Place, answer: Answer) -> None:
    assert invented(place, with_block(answer, "依示政规〔2024〕1号，15个工作日内制发，补领的收十元。")) == []


def test_a_sentence_that_names_no_passage_may_state_nothing(place: Place, answer: Answer) -> None:
    assert invented(place, with_block(answer, "15个工作日内制发。", cited=())) == [("数字", "15个工作日")]


def test_the_number_of_the_question_is_no_source_for_a_model(place: Place, answer: Answer) -> None:
    question = "居住证收300元对吗"
    assert invented(place, with_block(answer, "收300元。"), question) == [("数字", "300元")]


def test_a_quote_that_was_altered_is_found(place: Place, answer: Answer) -> None:
    (first, *others) = answer.citations
    altered = replace(first, quote=first.quote.replace("十五", "五"))
    assert ("引文", altered.quote) in invented(place, replace(answer, citations=(altered, *others)))


def test_a_citation_of_nothing_is_found(place: Place, answer: Answer) -> None:
    strange = replace(answer.citations[0], document_id="d-none")
    assert ("引文", "d-none") in invented(place, replace(answer, citations=(strange,), blocks=()))


def test_a_document_number_that_is_not_the_catalogues_is_found(place: Place, answer: Answer) -> None:
    strange = replace(answer.citations[0], document_number="示政规〔2024〕9号")
    assert invented(place, replace(answer, citations=(strange, *answer.citations[1:])))[0][0] == "文号"


def test_a_phone_that_is_not_the_directorys_is_found(place: Place, answer: Answer) -> None:
    card = DepartmentCard("dept-police", "示范市公安局", "0900-8889999", "工作日 9:00—17:00", "示范市明德区中心路1号")
    assert invented(place, replace(answer, department=card)) == [("部门", "示范市公安局 0900-8889999")]


def test_a_fixed_sentence_may_not_state_a_number_of_its_own(place: Place, answer: Answer) -> None:
    block = AnswerBlock(BlockKind.WORDING, ("一般要交88元。",))
    assert invented(place, replace(answer, blocks=(*answer.blocks, block))) == [("数字", "88元")]


def test_a_next_question_may_not_either(place: Place, answer: Answer) -> None:
    assert invented(place, replace(answer, next_questions=("交88元能加急吗？",))) == [("数字", "88元")]
