"""A rated answer taken up as a case of a golden set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.answer_status import AnswerStatus
from assistant.models import SearchTrace
from assistant.ratings.errors import CaseIncomplete, CaseNotWritten, NotRated, TakenUpBefore
from assistant.ratings.models import RatedCase, Rating
from assistant.ratings.rated_case import is_right, label_of, label_of_passage, right_labels
from tests.assistant.ratings.desks import NOW, a_desk
from tests.factories import a_citation, an_answer, an_answer_record
from tests.fakes.rating_store import MemoryCases

LABEL = "d-residence#第一条"


class FullDisk(MemoryCases):
    def write(self, case_id: str, answer_id: str, case: RatedCase) -> None:
        raise CaseNotWritten(self.place)


def test_a_citation_is_labelled_by_its_provision_and_a_guide_by_its_id() -> None:
    assert label_of(a_citation()) == LABEL
    assert label_of(replace(a_citation(), link="/policies/d-residence#%E7%AC%AC%E4%BA%8C%E6%9D%A1")) == "d-residence#第二条"
    assert (
        label_of(replace(a_citation(), edition=0, document_id="guide-residence", link="/guides/guide-residence#fee")) == "guide-residence"
    )


@pytest.mark.parametrize(
    ("passage_id", "label"),
    [
        ("d-residence.e1#第十三条/第一款~2", "d-residence#第十三条/第一款"),
        ("d.e9-x.e12#第一条", "d.e9-x#第一条"),
        ("guide-residence.e0#guide", "guide-residence"),
    ],
)
def test_a_passage_that_was_found_is_labelled_alike(passage_id: str, label: str) -> None:
    assert label_of_passage(passage_id) == label


def test_only_citations_that_every_rater_gave_points_are_right() -> None:
    record = an_answer_record()
    full, wrong = Rating("a-1", "a", NOW, (100,), (25,)), Rating("a-1", "b", NOW, (100,), (0,))
    assert right_labels(record, [full]) == (LABEL,)
    assert right_labels(record, [full, wrong]) == right_labels(record, []) == ()
    assert is_right(record, [full])
    assert not is_right(record, [full, wrong])
    assert not is_right(record, [replace(full, sentences=(0,))])


def test_a_case_asks_what_was_asked_and_expects_the_chosen_provisions() -> None:
    record = replace(an_answer_record(), search=SearchTrace("990102", date(2026, 11, 20)))
    cases = MemoryCases()
    desk = a_desk(record, cases=cases)
    desk.rate("a-1", "zhang.san", ["100"], ["25"])
    taken = desk.take_up("a-1", "li.si", "answered", [LABEL, " guide-residence ", LABEL, ""])
    assert desk.store.taken_up("a-1") == taken
    expected = RatedCase("居住证怎么办？", "990102", date(2026, 11, 20), "in_scope", ("answered",), (LABEL,), ("guide-residence",))
    assert cases.written == {"a-1": (taken.case_id, expected)}


def test_a_follow_up_is_asked_in_its_standalone_form() -> None:
    cases = MemoryCases()
    desk = a_desk(an_answer_record("a-1"), replace(an_answer_record("a-2", text="要多少钱"), standalone_text="居住证要多少钱"), cases=cases)
    desk.rate("a-2", "zhang.san", ["100"], ["25"])
    desk.take_up("a-2", "zhang.san", "no_evidence", [])
    _, case = cases.written["a-2"]
    assert (case.question, case.kind, case.expect, case.provisions) == ("居住证要多少钱", "missing", ("no_evidence",), ())


def test_nothing_is_written_until_it_is_rated_and_the_right_provisions_are_chosen() -> None:
    cases = MemoryCases()
    desk = a_desk(an_answer_record(), cases=cases)
    with pytest.raises(NotRated):
        desk.take_up("a-1", "zhang.san", "answered", [LABEL])
    desk.rate("a-1", "zhang.san", ["0"], ["0"])
    for expect, labels, said in (
        ("", [LABEL], "结果"),
        ("answered", [" "], "以后再来"),
        ("answered", ["d-no#第一条"], "d-no"),
        ("greeting", [], "结果"),
    ):
        with pytest.raises(CaseIncomplete, match=said):
            desk.take_up("a-1", "zhang.san", expect, labels)
    assert cases.written == {}
    assert desk.store.taken_up("a-1") is None


def test_an_answer_becomes_a_case_once() -> None:
    desk = a_desk(an_answer_record(answer=an_answer(AnswerStatus.NO_EVIDENCE)))
    desk.rate("a-1", "zhang.san", ["100"], ["25"])
    desk.take_up("a-1", "zhang.san", "no_evidence", [])
    with pytest.raises(TakenUpBefore):
        desk.take_up("a-1", "li.si", "no_evidence", [])


def test_what_could_not_be_written_can_be_tried_again() -> None:
    desk = a_desk(an_answer_record(), cases=FullDisk())
    desk.rate("a-1", "zhang.san", ["100"], ["25"])
    with pytest.raises(CaseNotWritten, match="磁盘"):
        desk.take_up("a-1", "zhang.san", "answered", [LABEL])
    assert desk.store.taken_up("a-1") is None
