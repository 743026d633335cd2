"""The files of hand-over: every number and sentence is loaded and used."""

from __future__ import annotations

import string
from datetime import datetime, timedelta

import pytest

from assistant.answer_status import AnswerStatus
from assistant.handoff.service_hours import ServiceHours, load_handoff_rules
from assistant.handoff.wording import load_handoff_wording
from assistant.models import CHINA_TIME, FeedbackKind
from tests.factories import an_answer, an_answer_record
from tests.fakes.working_calendar import WeekdayCalendar


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """November 2026: the 22nd is a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA_TIME)


def test_the_file_gives_usable_rules() -> None:
    rules = load_handoff_rules()
    assert rules.hours.words == "工作日 9:00—18:00"
    assert rules.longest_wait > rules.answer_within > timedelta(0)
    assert rules.retry_after > timedelta(0)
    assert rules.longest_message > 100


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [(at(23, 9), True), (at(23, 8, 59), False), (at(23, 17, 59), True), (at(23, 18), False), (at(22, 12), False), (at(23, 3), False)],
)
def test_people_serve_on_working_days_from_nine_to_six(moment: datetime, is_open: bool) -> None:
    assert load_handoff_rules().hours.open_at(moment, WeekdayCalendar()) is is_open


def test_a_setting_may_say_every_day() -> None:
    hours = load_handoff_rules(hours="每天 0:00-24:00").hours
    assert hours.open_at(at(22, 23, 59), WeekdayCalendar())
    assert hours.words == "每天 0:00—24:00"


@pytest.mark.parametrize("text", ["九点到六点", "18:00-9:00", "9:00-25:00", "9:00", "9:00-9:00", "9:60-18:00"])
def test_hours_that_cannot_be_are_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="9:00-18:00"):
        ServiceHours.parse(text)


def test_every_sentence_can_be_said() -> None:
    wording = load_handoff_wording()
    facts = dict.fromkeys(("hours", "number", "due_on", "code", "satisfaction", "limit"), "某")
    for name, sentence in wording.messages.items():
        assert wording.say(name, **facts).endswith(("。", "某")), name
        assert {field for _, field, _, _ in string.Formatter().parse(sentence) if field} <= set(facts)


def test_every_reason_belongs_to_an_ending_and_is_told() -> None:
    wording = load_handoff_wording()
    for status in set(wording.reasons) - {"asked", "not_helpful"}:
        assert wording.reason(an_answer_record(answer=an_answer(AnswerStatus(status)))) == wording.reasons[status]


def test_a_disliked_answer_says_so_beside_its_ending() -> None:
    wording = load_handoff_wording()
    disliked = [FeedbackKind.NOT_HELPFUL]
    assert wording.reason(an_answer_record(), disliked) == "市民评价答复没有帮助"
    assert "；" in wording.reason(an_answer_record(answer=an_answer(AnswerStatus.NO_EVIDENCE)), disliked)
    assert wording.reason(an_answer_record()) == "市民要求转人工"
