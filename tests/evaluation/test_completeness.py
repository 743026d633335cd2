"""The questions about completeness: labelled by the content, judged by what is shown, asked of the real assistant."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from api.container import Container, build_container
from assistant.models import AnswerBlock, BlockKind
from evaluation.ask_golden import without_keeping
from evaluation.completeness import CompletenessCase, ask_cases, completeness_summary, judge, load_cases
from tests.demonstration import Home
from tests.factories import an_answer

CASE = CompletenessCase("m", "居住证怎么办？", "990100", date(2026, 11, 22), "d-residence#第一条", ("身份证明", "但是学生除外"))
CUT = "上面的规定共列了5项，这里没有全部引出；请点开上面的依据，看完整的各项。"


def shown(*lines: str) -> tuple[AnswerBlock, ...]:
    return tuple(AnswerBlock(BlockKind.WORDING, (line,)) for line in lines)


def test_an_answer_with_every_stretch_is_complete_however_it_is_broken_into_lines() -> None:
    answer = replace(an_answer(), blocks=shown("应当提交身份 证明。", "但是学生", "除外。"))
    assert judge(CASE, answer, frozenset()).missing == ()


def test_a_missing_exception_is_found() -> None:
    answer = replace(an_answer(), blocks=shown("应当提交身份证明。"))
    assert judge(CASE, answer, frozenset()).missing == ("但是学生除外",)


def test_a_list_that_is_said_to_go_on_is_told_apart_from_one_cut_in_silence() -> None:
    cut, silent = (replace(an_answer(), blocks=shown(*lines)) for lines in (("应当提交身份证明。", CUT), ("应当提交身份证明。",)))
    assert judge(CASE, cut, frozenset({CUT})).told
    assert not judge(CASE, silent, frozenset({CUT})).told


def test_the_summary_counts_shares_and_lists_what_is_incomplete() -> None:
    answers = [replace(an_answer(), blocks=shown(text)) for text in ("身份证明，但是学生除外", "身份证明")]
    summary = completeness_summary([judge(CASE, answer, frozenset()) for answer in answers])
    assert (summary["questions"], summary["complete"]) == (2, 0.5)
    assert len(summary["incomplete"]) == 1  # type: ignore[arg-type]


def test_nothing_asked_is_not_a_result() -> None:
    with pytest.raises(ValueError, match="没有"):
        completeness_summary([])


@pytest.fixture(scope="module")
def container(demonstration: Home) -> Container:
    return build_container(demonstration.settings())


@pytest.mark.model
def test_every_stretch_stands_in_its_provision(container: Container) -> None:
    cases = load_cases()
    assert len(cases) >= 60
    assert len({case.id for case in cases}) == len(cases)
    for case in cases:
        document_id, _, path = case.provision.partition("#")
        revision = container.documents.latest(document_id)
        (provision,) = (each for each in revision.outline.walk() if each.path == path)
        absent = [stretch for stretch in case.must_contain if stretch not in provision.text(revision.text)]
        assert not absent, f"{case.id}：{absent}"


@pytest.mark.model
def test_answers_leave_nothing_out(container: Container) -> None:
    outcomes = ask_cases(without_keeping(container.assistant()), load_cases())
    cited = [outcome for outcome in outcomes if outcome.cited]
    cut = [f"{outcome.case.id} {outcome.case.question}：{outcome.missing}" for outcome in outcomes if outcome.is_cut and not outcome.told]
    assert len(cited) >= 0.9 * len(outcomes)
    assert len(cut) <= 0.05 * len(outcomes), cut
