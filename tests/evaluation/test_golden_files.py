"""Golden files: what is read, what is refused and how that is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assistant.answer_status import AnswerStatus
from assistant.models import Facet
from evaluation.errors import DatasetUnreadable
from evaluation.golden_files import load_golden
from evaluation.golden_set import Kind, Split, Style, split_of
from tests.evaluation.golden_cases import a_row, write_rows


def a_conversation(**fields: Any) -> dict[str, Any]:
    turns = [{"question": "居住证怎么办", "expect": ["answered"]}, {"question": "要多久", "expect": ["answered"], "facets": ["time_limit"]}]
    return {"id": "c-001", "region": None, "as_of": "2026-11-22", "style": "elderly", "turns": turns} | fields


def test_a_question_is_read_with_all_its_labels(tmp_path: Path) -> None:
    row = a_row(
        region=None,
        style="dialect",
        kind="expired",
        expect=["not_in_force"],
        provisions=["d#第一条"],
        guides=["sfg-1"],
        department="sf-huzheng",
        facets=["materials"],
        must_not_cite=["old"],
        note="旧办法",
    )
    (question,) = load_golden(write_rows(tmp_path, "questions.jsonl", row)).questions
    assert (question.id, question.region, question.as_of) == ("g-0002", None, date(2026, 11, 22))
    assert (question.style, question.kind, question.note) == (Style.DIALECT, Kind.EXPIRED, "旧办法")
    expected = question.expected
    assert expected.statuses == {AnswerStatus.NOT_IN_FORCE}
    assert (expected.provisions, expected.guides, expected.department) == (("d#第一条",), ("sfg-1",), "sf-huzheng")
    assert (expected.facets, expected.must_not_cite, expected.may_answer) == ((Facet.MATERIALS,), ("old",), False)


def test_answered_leaves_open_whether_a_guide_answers(tmp_path: Path) -> None:
    (question,) = load_golden(write_rows(tmp_path, "questions.jsonl", a_row())).questions
    assert question.expected.statuses == {AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE}


def test_all_three_files_make_one_set(tmp_path: Path) -> None:
    write_rows(tmp_path, "questions.jsonl", a_row())
    write_rows(tmp_path, "refusals.jsonl", a_row(id="r-0001", expect=["out_of_scope"], kind="out_of_scope"))
    golden = load_golden(write_rows(tmp_path, "conversations.jsonl", a_conversation()))
    assert [question.id for question in golden.questions] == ["g-0002", "r-0001"]
    (conversation,) = golden.conversations
    assert [turn.expected.facets for turn in conversation.turns] == [(), (Facet.TIME_LIMIT,)]
    assert len(golden) == 4


def test_even_numbers_are_for_development_and_odd_ones_for_testing(tmp_path: Path) -> None:
    write_rows(tmp_path, "questions.jsonl", a_row(), a_row(id="g-0003"))
    golden = load_golden(write_rows(tmp_path, "conversations.jsonl", a_conversation()))
    assert [question.id for question in golden.part(Split.DEV).questions] == ["g-0002"]
    assert [question.id for question in golden.part(Split.TEST).questions] == ["g-0003"]
    assert len(golden.part(Split.TEST).conversations) == 1
    assert golden.part(Split.ALL) is golden


def test_an_id_without_a_number_belongs_nowhere() -> None:
    with pytest.raises(ValueError, match="没有数字"):
        split_of("g-x")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"question": " "}, "缺少 question"),
        ({"as_of": "今天"}, "2026-11-22"),
        ({"region": "示范市"}, "六位行政区划代码"),
        ({"style": "rude"}, "不认识“rude”"),
        ({"kind": "easy"}, "不认识“easy”"),
        ({"expect": []}, "至少写一个应有的结果"),
        ({"expect": ["fine"]}, "不认识“fine”"),
        ({"facets": ["colour"]}, "不认识“colour”"),
        ({"provisions": ["sf-juzhuzheng-2024"]}, "文件编号#条款路径"),
        ({"guides": "sfg-1"}, "应是一列文字"),
        ({"id": "g-x"}, "没有数字"),
    ],
)
def test_a_wrong_field_is_told_with_its_line(tmp_path: Path, fields: dict[str, Any], sentence: str) -> None:
    write_rows(tmp_path, "questions.jsonl", a_row(), a_row(id="g-0003") | fields)
    with pytest.raises(DatasetUnreadable, match=sentence) as error:
        load_golden(tmp_path)
    assert "questions.jsonl 第 2 行" in str(error.value)


@pytest.mark.parametrize("line", ["{", "[]", '"g-0002"'])
def test_a_line_that_is_no_object_is_told(tmp_path: Path, line: str) -> None:
    (tmp_path / "questions.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(DatasetUnreadable, match=r"第 1 行.*JSON 对象"):
        load_golden(tmp_path)


@pytest.mark.parametrize("turns", [[], "居住证怎么办", ["居住证怎么办"]])
def test_a_conversation_needs_turns(tmp_path: Path, turns: Any) -> None:
    with pytest.raises(DatasetUnreadable, match="turns 应是一列对话"):
        load_golden(write_rows(tmp_path, "conversations.jsonl", a_conversation(turns=turns)))


def test_a_fault_in_a_turn_names_the_turn(tmp_path: Path) -> None:
    row = a_conversation(turns=[{"question": "一", "expect": ["answered"]}, {"question": "二"}])
    with pytest.raises(DatasetUnreadable, match="第 2 句"):
        load_golden(write_rows(tmp_path, "conversations.jsonl", row))


def test_an_id_that_comes_twice_is_refused(tmp_path: Path) -> None:
    write_rows(tmp_path, "questions.jsonl", a_row())
    with pytest.raises(DatasetUnreadable, match="编号重复：g-0002"):
        load_golden(write_rows(tmp_path, "refusals.jsonl", a_row()))


def test_a_folder_without_questions_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnreadable, match="没有金标题目"):
        load_golden(tmp_path)


def test_what_ships_is_read() -> None:
    golden = load_golden()
    assert len(golden.questions) >= 600 + 150
    assert {question.kind for question in golden.questions} == set(Kind)
    assert {question.style for question in golden.questions} == set(Style)
