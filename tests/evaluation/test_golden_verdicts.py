"""One answer judged by its label: status, provision, document, department, facet, and what must never be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.answer_status import AnswerStatus
from assistant.models import Answer, AnswerBlock, BlockKind, Facet
from assistant.wording import load_wording
from evaluation.golden_set import ANSWERED, Expectation
from evaluation.golden_verdicts import Verdict, judge
from tests.evaluation.golden_cases import RESIDENCE, TODAY, Place, a_place, asked, expecting
from tests.factories import a_guide

HEADINGS = load_wording().facet_headings
ANSWERING = tuple(ANSWERED)


@pytest.fixture(scope="module")
def place() -> Place:
    return a_place()


@pytest.fixture(scope="module")
def answer(place: Place) -> Answer:
    """Cites the first 款 of 第二条 and nothing else."""
    found, sentence = place.says("居住证多少个工作日制发"), "居住证自受理之日起十五个工作日内制发。"
    start = RESIDENCE.text.index(sentence)
    first = replace(found.citations[0], start=start, end=start + len(sentence), quote=sentence)
    block = AnswerBlock(BlockKind.QUOTE, (sentence,), heading="第二条第一款", citation=first.number)
    return replace(found, text=f"{block.heading}\n{sentence}", blocks=(block,), citations=(first,))


def verdict(place: Place, answer: Answer, expected: Expectation, region: str | None = "990100", as_of: date = TODAY) -> Verdict:
    return judge(answer, expected, asked(region=region, as_of=as_of), place.sources, HEADINGS)


@pytest.mark.parametrize("path", ["第二条", "第二条/第一款"])
def test_a_provision_holds_what_is_cited_within_it(place: Place, answer: Answer, path: str) -> None:
    judged = verdict(place, answer, expecting(*ANSWERING, provisions=(f"d-residence#{path}",)))
    assert judged.provision_right
    assert judged.right


@pytest.mark.parametrize("label", ["d-residence#第一条", "d-residence#第二条/第二款", "d-residence#第九条"])
def test_another_provision_of_the_same_document_is_the_right_document_alone(place: Place, answer: Answer, label: str) -> None:
    judged = verdict(place, answer, expecting(*ANSWERING, provisions=(label,)))
    assert (judged.provision_right, judged.document_right, judged.right) == (False, True, False)


def test_a_quote_that_holds_the_provision_counts(place: Place, answer: Answer) -> None:
    text = RESIDENCE.text
    long = replace(answer.citations[0], start=0, end=len(text), quote=text)
    judged = verdict(place, replace(answer, citations=(long,)), expecting(*ANSWERING, provisions=("d-residence#第二条/第二款",)))
    assert judged.provision_right


def test_one_of_several_labels_is_enough(place: Place, answer: Answer) -> None:
    labels = ("d-residence#第一条", "d-residence#第二条")
    assert verdict(place, answer, expecting(*ANSWERING, provisions=labels)).provision_right


def test_another_document_is_wrong_altogether(place: Place, answer: Answer) -> None:
    judged = verdict(place, answer, expecting(*ANSWERING, provisions=("d-old#第二条",)))
    assert (judged.provision_right, judged.document_right) == (False, False)


def test_a_guide_that_is_labelled_is_as_good_as_a_provision() -> None:
    guide = a_guide(required_materials=("本人居民身份证",))
    place = a_place((RESIDENCE,), (guide,))
    answer = place.says("居住证首次申领要什么材料")
    assert answer.status is AnswerStatus.ANSWERED_FROM_GUIDE
    judged = verdict(place, answer, expecting(*ANSWERING, guides=(guide.id,), facets=(Facet.MATERIALS,)))
    assert judged.provision_right
    assert judged.facets_shown
    assert not verdict(place, answer, expecting(*ANSWERING, guides=(guide.id,), facets=(Facet.MATERIALS, Facet.HOURS))).facets_shown


def test_facets_say_nothing_of_an_answer_from_provisions(place: Place, answer: Answer) -> None:
    assert verdict(place, answer, expecting(*ANSWERING, facets=(Facet.TIME_LIMIT,))).facets_shown is None


def test_a_refusal_where_an_answer_is_due_is_not_right(place: Place) -> None:
    refused = load_wording().answer(AnswerStatus.NO_EVIDENCE, "question")
    judged = verdict(place, refused, expecting(*ANSWERING, provisions=("d-residence#第二条",)))
    assert (judged.answered, judged.status_right, judged.right, judged.provision_right) == (False, False, False, None)


def test_an_answer_where_a_refusal_is_due_is_not_right(place: Place, answer: Answer) -> None:
    judged = verdict(place, answer, expecting(AnswerStatus.NO_EVIDENCE))
    assert (judged.answered, judged.right) == (True, False)


def test_without_labels_the_status_decides_alone(place: Place, answer: Answer) -> None:
    assert verdict(place, answer, expecting(*ANSWERING)).right


def test_citing_what_must_not_be_cited_is_never_right(place: Place, answer: Answer) -> None:
    judged = verdict(place, answer, expecting(*ANSWERING, must_not_cite=("d-residence",)))
    assert judged.forbidden == ("d-residence",)
    assert not judged.right


def test_what_did_not_bind_on_the_day_is_found_without_a_label(place: Place, answer: Answer) -> None:
    judged = verdict(place, answer, expecting(*ANSWERING), as_of=date(2023, 12, 31))
    assert judged.not_binding == ("d-residence",)
    assert not judged.right


def test_what_binds_elsewhere_is_found_without_a_label(place: Place, answer: Answer) -> None:
    abroad = replace(answer.citations[0], jurisdiction="990102")
    judged = verdict(place, replace(answer, citations=(abroad,)), expecting(*ANSWERING), region="990103")
    assert judged.not_binding == ("d-residence",)


def test_a_region_named_in_the_question_may_be_answered_for(place: Place, answer: Answer) -> None:
    there = replace(answer, citations=(replace(answer.citations[0], jurisdiction="990102"),))
    judged = judge(there, expecting(*ANSWERING), asked("我在明德区，居住证多久能办好", "990103"), place.sources, HEADINGS)
    assert judged.not_binding == ()


def test_the_department_is_compared_by_its_id(place: Place, answer: Answer) -> None:
    shown = answer.department.id if answer.department else ""
    assert shown
    assert verdict(place, answer, expecting(*ANSWERING, department=shown)).department_right
    assert verdict(place, answer, expecting(*ANSWERING, department="sf-other")).department_right is False
    assert verdict(place, answer, expecting(*ANSWERING)).department_right is None


def test_a_failure_is_no_refusal(place: Place, answer: Answer) -> None:
    assert not verdict(place, replace(answer, status=AnswerStatus.FAILED), expecting(AnswerStatus.NO_EVIDENCE)).asked
