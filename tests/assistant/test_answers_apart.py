"""What is never merged: rules of several places, texts in force that differ; and what is never decided for a person."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from pydantic import TypeAdapter

from assistant.answer_status import AnswerStatus
from assistant.models import Answer, AnswerBlock, AnswerPart, AnswerRecord, BlockKind, Citation
from assistant.rules import load_rules
from assistant.steps.answer_checker import AnswerChecker
from assistant.steps.decision_screen import DecisionScreen
from assistant.wording import load_wording
from tests.assistant.in_memory import REGIONS, a_counter
from tests.factories import DEMO_CITY, DEMO_DISTRICT, DEMO_PROVINCE, OTHER_DEMO_DISTRICT, a_revision, a_screened_question

SINCE = date(2024, 3, 1)
LIFT = "第一条 既有住宅加装电梯，每台补贴{amount}。\n第二条 本办法自2024年3月1日起施行。\n"
MINGDE = a_revision("md", text=LIFT.format(amount="25万元"), title="明德区加装电梯补贴办法", effective_on=SINCE, jurisdiction=DEMO_DISTRICT)
ANHE = a_revision(
    "ah", text=LIFT.format(amount="15万元"), title="安和区加装电梯补贴办法", effective_on=SINCE, jurisdiction=OTHER_DEMO_DISTRICT
)
QUESTION = "加装电梯每台补贴多少？"


def sections(answer: Answer) -> dict[str, set[str]]:
    """Ids of the documents cited below each heading."""
    cited = {citation.number: citation.document_id for citation in answer.citations}
    found: dict[str, set[str]] = {}
    for block in answer.blocks:
        if block.kind is BlockKind.SECTION:
            found[block.heading] = set()
        elif block.citation:
            found[list(found)[-1]].add(cited[block.citation])
    return found


def test_rules_of_several_places_stand_apart_and_the_place_is_asked_for() -> None:
    answer = a_counter([MINGDE, ANHE]).ask(QUESTION, region=None).answer
    assert answer.status is AnswerStatus.NEEDS_DETAIL
    assert sections(answer) == {"示范省示范市明德区": {"md"}, "示范省示范市安和区": {"ah"}}
    assert "您在哪个区办理？" in answer.text
    assert set(answer.next_questions) == {f"明德区{QUESTION}", f"安和区{QUESTION}"}


def test_the_question_with_the_place_named_is_answered_for_that_place() -> None:
    counter = a_counter([MINGDE, ANHE])
    (chosen,) = (text for text in counter.ask(QUESTION, region=None).answer.next_questions if text.startswith("安和区"))
    answer = counter.ask(chosen, region=None).answer
    assert (answer.status, {citation.document_id for citation in answer.citations}) == (AnswerStatus.ANSWERED, {"ah"})


def test_for_a_wider_region_nothing_of_a_district_is_cited_but_the_districts_can_be_chosen() -> None:
    answer = a_counter([MINGDE, ANHE]).ask(QUESTION, region=DEMO_CITY).answer
    assert (answer.status, answer.citations) == (AnswerStatus.NEEDS_DETAIL, ())
    assert set(answer.next_questions) == {f"明德区{QUESTION}", f"安和区{QUESTION}"}


def test_the_same_rule_in_two_places_asks_nothing_back() -> None:
    same = replace(ANHE, text=MINGDE.text, text_digest=MINGDE.text_digest, outline=MINGDE.outline)
    answer = a_counter([MINGDE, same]).ask(QUESTION, region=None).answer
    assert answer.status is AnswerStatus.ANSWERED


FEE = "第一条 补办居住证的工本费为每证{amount}元。\n"


def two_texts(**second: object) -> Answer:
    """The answer where a city's text says 20 and another text says 10."""
    city = a_revision(
        "city", text=FEE.format(amount=20), title="示范市居住证收费规定", effective_on=SINCE, issuing_authorities=("示范市人民政府",)
    )
    other = a_revision("other", text=FEE.format(amount=10), title="居住证收费办法", **{"effective_on": SINCE, **second})  # type: ignore[arg-type]
    return a_counter([city, other]).ask("补办居住证的工本费是多少？").answer


@pytest.mark.parametrize(
    ("second", "first_cited", "reason"),
    [
        ({"issuing_authorities": ("示范省人民政府",), "jurisdiction": DEMO_PROVINCE}, "other", "上位法优先"),
        ({"issuing_authorities": ("示范市人民政府",), "effective_on": date(2025, 1, 1)}, "other", "新法优先"),
        ({"issuing_authorities": ("示范市人民政府",), "effective_on": date(2020, 1, 1)}, "city", "新法优先"),
        ({"issuing_authorities": ("示范市新区人民政府",)}, "other", "分不出先后"),
    ],
)
def test_of_two_texts_that_differ_the_one_that_prevails_comes_first_and_it_says_why(
    second: dict[str, object], first_cited: str, reason: str
) -> None:
    answer = two_texts(**second)
    assert answer.citations[0].document_id == first_cited
    assert {citation.document_id for citation in answer.citations} == {"city", "other"}
    assert reason in answer.text


def test_two_texts_that_agree_are_quoted_without_a_warning() -> None:
    other = a_revision("other", text=FEE.format(amount=20) + "逾期补办的，工本费相同。\n", title="居住证收费办法", effective_on=SINCE)
    city = a_revision("city", text=FEE.format(amount=20), title="示范市居住证收费规定", effective_on=SINCE)
    assert "规定不同" not in a_counter([city, other]).ask("补办居住证的工本费是多少？").answer.text


SCREEN = DecisionScreen(load_rules().decisions, load_wording())
WISHES = {
    "我工资8000公积金能贷多少": "calculation",
    "帮我算一下退休金": "calculation",
    "我每月交1200元，退休能领多少钱": "calculation",
    "我家三口人月收入五千能拿多少低保": "calculation",
    "我这种情况能不能申请公租房": "eligibility",
    "我是外地户口，能不能申领居住证补贴？": "eligibility",
    "我们家符合条件吗": "eligibility",
    "公积金贷款最多能贷多少": "",
    "我老伴二级残疾，一个月能领多少护理的钱？": "",
    "居住证怎么办": "",
    "补办居住证工本费多少钱": "",
    "六层的老房子装电梯能拿多少补助？": "",
    "申请公租房要什么条件": "",
}


@pytest.mark.parametrize(("text", "wish"), WISHES.items())
def test_wishes_to_have_something_worked_out_or_decided_are_recognised(text: str, wish: str) -> None:
    assert SCREEN.wish(text) == wish


def test_nothing_is_worked_out_but_the_rule_is_quoted_and_a_person_offered() -> None:
    loan = a_revision("loan", text="第一条 公积金贷款额度不超过账户余额的十五倍。\n", title="公积金贷款办法", effective_on=SINCE)
    answer = a_counter([loan]).ask("公积金贷款额度不超过账户余额的几倍？我账户余额20000元，贷款额度多少？").answer
    assert answer.status is AnswerStatus.ANSWERED
    assert "不替您计算" in answer.blocks[0].lines[0]
    assert "十五倍" in answer.citations[0].quote
    assert answer.offers_person
    assert "30万" not in answer.text


def _tampered(answer: Answer) -> dict[str, Answer]:
    first = answer.citations[0]
    moved: tuple[Citation, ...] = (replace(first, jurisdiction=OTHER_DEMO_DISTRICT), *answer.citations[1:])
    return {
        "a citation of another place": replace(answer, citations=moved),
        "a number given twice": replace(answer, citations=(first, first)),
        "a quote changed": replace(answer, blocks=(*answer.blocks, AnswerBlock(BlockKind.QUOTE, ("每台补贴一亿元。",), citation=1))),
    }


@pytest.mark.parametrize("name", ["a citation of another place", "a number given twice", "a quote changed"])
def test_whatever_is_wrong_in_setting_places_apart_is_found(name: str) -> None:
    answer = a_counter([MINGDE, ANHE]).ask(QUESTION, region=None).answer
    codes = {"示范省示范市明德区": DEMO_DISTRICT, "示范省示范市安和区": OTHER_DEMO_DISTRICT}
    assert AnswerChecker(REGIONS).faults_of_regions(answer, codes) == ()
    assert AnswerChecker(REGIONS).faults_of_regions(_tampered(answer)[name], codes)


def test_a_part_that_was_not_asked_or_has_no_heading_is_found() -> None:
    invented = Answer(AnswerStatus.NO_EVIDENCE, "", parts=(AnswerPart("怎么移民？", AnswerStatus.NO_EVIDENCE),))
    assert len(AnswerChecker(REGIONS).faults_of_parts(invented, a_screened_question("居住证怎么办？"))) == 2


def test_a_record_kept_before_there_were_parts_is_still_read() -> None:
    records = TypeAdapter(AnswerRecord)
    kept = json.loads(records.dump_json(a_counter([MINGDE]).ask(QUESTION, region=DEMO_DISTRICT)))
    del kept["further_searches"], kept["answer"]["parts"], kept["search"]["text"]
    record = records.validate_python(kept)
    assert (record.further_searches, record.answer.parts) == ((), ())
    assert record.search is not None
    assert record.search.text == ""


def test_an_answer_in_parts_comes_back_as_it_was_kept() -> None:
    records = TypeAdapter(AnswerRecord)
    record = a_counter([MINGDE]).ask(f"{QUESTION}另外，火星移民的飞船怎么申请？", region=DEMO_DISTRICT)
    assert record.answer.parts
    assert records.validate_json(records.dump_json(record)) == record
