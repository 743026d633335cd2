"""Cases that staff made of rated answers are read as golden questions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from assistant.answer_status import AnswerStatus
from assistant.ratings.case_file import CaseFile
from assistant.ratings.errors import CaseNotWritten
from assistant.ratings.models import RatedCase, TakenUp
from assistant.ratings.rules import load_rating_rules
from evaluation.golden_files import load_golden
from evaluation.golden_set import ANSWERED, Kind
from tests.factories import a_moment

CASE = RatedCase("居住证怎么办？", "990102", date(2026, 11, 22), "in_scope", ("answered",), ("d-residence#第一条",), ("guide-residence",))


def test_a_written_case_is_a_golden_question(tmp_path: Path) -> None:
    cases = CaseFile(tmp_path / "golden")
    case_id = TakenUp("a-1", 7, "zhang.san", a_moment()).case_id
    cases.write(case_id, "a-1", CASE)
    (question,) = load_golden(tmp_path / "golden").questions
    assert (question.id, question.question, question.region, question.as_of) == (case_id, CASE.question, "990102", CASE.as_of)
    assert question.expected.statuses == ANSWERED
    assert (question.expected.provisions, question.expected.guides) == (CASE.provisions, CASE.guides)


def test_every_kind_that_a_rated_answer_can_become_is_known(tmp_path: Path) -> None:
    cases, rules = CaseFile(tmp_path), load_rating_rules()
    for number, (status, kind) in enumerate(rules.kinds.items()):
        case = RatedCase("问题", None, date(2026, 11, 22), kind, (status.value,), (), ())
        cases.write(f"rated-{number:04d}", f"a-{number}", case)
    questions = load_golden(tmp_path).questions
    assert {question.kind for question in questions} == set(map(Kind, rules.kinds.values()))
    assert {AnswerStatus.NO_EVIDENCE, AnswerStatus.OUT_OF_SCOPE} <= set(rules.kinds)


def test_cases_of_a_deleted_conversation_are_taken_out_and_edited_lines_stay(tmp_path: Path) -> None:
    cases = CaseFile(tmp_path)
    assert cases.remove(["a-1"]) == 0
    for number in (1, 2):
        cases.write(f"rated-{number:04d}", f"a-{number}", CASE)
    with Path(cases.place).open("a", encoding="utf-8") as file:
        file.write("不是 JSON\n[]\n")
    assert cases.remove(["a-1", "a-9"]) == 1
    left = Path(cases.place).read_text(encoding="utf-8").splitlines()
    assert [line[:22] for line in left] == ['{"id": "rated-0002", "', "不是 JSON", "[]"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "golden").write_text("", encoding="utf-8")
    with pytest.raises(CaseNotWritten, match=r"ratings\.jsonl"):
        CaseFile(tmp_path / "golden").write("rated-0001", "a-1", CASE)
