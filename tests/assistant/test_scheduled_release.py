"""A document with a day of release: nobody is told of it the minute before, everybody the minute after, and nothing runs in between."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant.answer_status import AnswerStatus
from knowledge_base.models import DocumentRevision
from tests.assistant.in_memory import Counter, a_counter
from tests.factories import a_revision
from tests.moving_clock import MovingClock

RELEASE = date(2026, 12, 1)
# 23:59 in China on the day before; one minute later is the day itself.
LAST_MINUTE = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
PRESENT = "第一条 老年人助餐补贴每餐三元。\n第二条 本办法自2024年1月1日起施行。\n"
COMING = "第一条 老年人助餐补贴每餐五元。\n第二条 本办法自2026年12月1日起施行。\n"
QUESTION = "老年人助餐补贴每餐多少元？"


def helped(text: str, number: int = 1, edition: int = 1, **about: object) -> DocumentRevision:
    return a_revision("d-meals", number, edition, text=text, title="示范市老年人助餐办法", **about)  # type: ignore[arg-type]


def told(counter: Counter, day: date) -> tuple[AnswerStatus, tuple[str, ...]]:
    answer = counter.ask(QUESTION, as_of=day).answer
    return answer.status, tuple(citation.quote for citation in answer.citations)


@pytest.mark.parametrize("asked", [date(2026, 11, 30), date(2026, 12, 1), date(2027, 5, 1)])
def test_a_new_document_is_neither_cited_nor_named_before_its_day_whatever_day_is_asked_about(asked: date) -> None:
    clock = MovingClock(LAST_MINUTE)
    counter = a_counter([helped(COMING, effective_on=date(2026, 11, 1), release_on=RELEASE)], clock=clock)
    answer = counter.ask(QUESTION, as_of=asked).answer
    assert (answer.status, answer.citations) == (AnswerStatus.NO_EVIDENCE, ())
    assert "助餐办法" not in answer.text


def test_at_midnight_it_is_cited_with_the_day_on_which_it_took_effect() -> None:
    clock = MovingClock(LAST_MINUTE)
    counter = a_counter([helped(COMING, effective_on=date(2026, 11, 1), release_on=RELEASE)], clock=clock)
    assert told(counter, date(2026, 11, 30))[0] is AnswerStatus.NO_EVIDENCE
    clock.forward(minutes=1)
    (citation,) = counter.ask(QUESTION, as_of=RELEASE).answer.citations
    assert "五元" in citation.quote
    assert citation.effective_on == date(2026, 11, 1)


def test_an_amendment_leaves_the_present_text_in_force_until_its_day() -> None:
    clock = MovingClock(LAST_MINUTE)
    present = helped(PRESENT, effective_on=date(2024, 1, 1))
    amended = helped(COMING, 2, 2, effective_on=date(2026, 11, 1), release_on=RELEASE)
    counter = a_counter([present, amended], clock=clock)
    (before,) = counter.ask(QUESTION, as_of=date(2026, 11, 30)).answer.citations
    clock.forward(minutes=1)
    (after,) = counter.ask(QUESTION, as_of=RELEASE).answer.citations
    assert ("三元" in before.quote, before.ends_on) == (True, None)
    assert "五元" in after.quote


def test_a_term_runs_out_at_midnight() -> None:
    clock = MovingClock(LAST_MINUTE)
    counter = a_counter([helped(PRESENT, effective_on=date(2024, 1, 1), expires_on=RELEASE)], clock=clock)
    assert told(counter, date(2026, 11, 30))[0] is AnswerStatus.ANSWERED
    clock.forward(minutes=1)
    assert told(counter, RELEASE)[0] is AnswerStatus.NOT_IN_FORCE
