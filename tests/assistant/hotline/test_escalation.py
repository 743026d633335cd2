"""Promises in working days, and warnings given once per step; the clock is the test's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from assistant.hotline.deadlines import load_deadlines
from assistant.hotline.models import Deadline, OrderAction, OrderMove, Urgency, WorkOrder
from assistant.intents import RequestType
from tests.fakes.work_order_desk import MemoryDesk
from tests.fakes.working_calendar import WeekdayCalendar
from tests.hotline_factories import A_CONTACT, a_draft

RULES = load_deadlines()
CALENDAR = WeekdayCalendar()


@pytest.fixture
def office() -> MemoryDesk:
    return MemoryDesk()


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 4, tzinfo=UTC)


def taken(office: MemoryDesk, **about: object) -> WorkOrder:
    return office.desk.submit(a_draft(**about), A_CONTACT, "甲").order


def warnings(order: WorkOrder) -> list[OrderMove]:
    return [move for move in order.history if move.action is OrderAction.ESCALATE]


@pytest.mark.parametrize(
    ("request_type", "days"),
    [("inquiry", 2), ("help", 10), ("suggestion", 10), ("praise", 10), ("complaint", 15), ("report", 15)],
)
def test_each_request_type_has_its_promise(request_type: str, days: int) -> None:
    assert RULES.days(RequestType(request_type), Urgency.NORMAL) == days


def test_what_cannot_wait_is_promised_sooner_and_never_later() -> None:
    for kind in RequestType:
        days = [RULES.days(kind, urgency) for urgency in (Urgency.NORMAL, Urgency.URGENT, Urgency.CRITICAL)]
        assert days == sorted(days, reverse=True)
        assert days[-1] == 1
    assert RULES.days(RequestType.INQUIRY, Urgency.URGENT) == 2


def test_every_step_of_escalation_can_be_said_and_each_is_later_than_the_one_before() -> None:
    assert all(early.working_days_left > late.working_days_left for early, late in pairwise(RULES.steps))
    for step in RULES.steps:
        assert step.to in step.reason
        assert "{" not in step.reason


def test_an_early_step_of_a_short_promise_is_left_out() -> None:
    """A promise of two days is not warned of on the day it is made."""
    assert RULES.steps_reached(Deadline(date(2026, 11, 25), 2), 2) == 0
    assert RULES.steps_reached(Deadline(date(2026, 11, 25), 2), 0) == 2
    assert RULES.steps_reached(Deadline(date(2026, 12, 14), 15), 2) == 1


def test_each_step_is_given_once(office: MemoryDesk) -> None:
    order = taken(office)  # due on 14 December, a Monday
    assert office.desk.escalate_due(noon(12, 9)) == ()
    (warned,) = office.desk.escalate_due(noon(12, 10))
    assert (warned.escalations, warnings(warned)[0].by, warned.state) == (1, "系统", order.state)
    assert office.desk.escalate_due(noon(12, 10)) == ()
    assert office.desk.escalate_due(noon(12, 13)) == ()
    (warned,) = office.desk.escalate_due(noon(12, 14))
    assert office.desk.escalate_due(noon(12, 14)) == ()
    (warned,) = office.desk.escalate_due(noon(12, 15))
    assert office.desk.escalate_due(noon(12, 31)) == ()
    assert [move.reason for move in warnings(office.desk.get(order.number))] == [step.reason for step in RULES.steps]
    assert warned.version == 4


def test_after_a_pause_only_the_last_step_missed_is_given(office: MemoryDesk) -> None:
    taken(office)
    (warned,) = office.desk.escalate_due(noon(12, 20))
    assert (warned.escalations, [move.reason for move in warnings(warned)]) == (3, [RULES.steps[-1].reason])


def test_what_is_answered_is_not_warned_of(office: MemoryDesk) -> None:
    order = taken(office)
    order = office.desk.dispatch(order.number, order.version, "甲", "dept-b")
    order = office.desk.start(order.number, order.version, "甲")
    office.desk.reply(order.number, order.version, "甲", "已处理。")
    assert office.desk.escalate_due(noon(12, 31)) == ()


def test_an_order_taken_up_again_is_warned_of_anew(office: MemoryDesk) -> None:
    order = taken(office)
    office.desk.escalate_due(noon(12, 20))
    order = office.desk.get(order.number)
    order = office.desk.dispatch(order.number, order.version, "甲", "dept-b")
    order = office.desk.start(order.number, order.version, "甲")
    order = office.desk.reply(order.number, order.version, "甲", "已处理。")
    office.now = noon(12, 21)
    order = office.desk.reopen(order.number, order.version, "甲", "没有解决")
    assert order.deadline.due_on == date(2026, 12, 28)
    assert [each.number for each in office.desk.escalate_due(noon(12, 28))] == [order.number]


def test_an_order_somebody_holds_is_warned_of_all_the_same(office: MemoryDesk) -> None:
    order = taken(office)
    office.desk.claim(order.number, order.version, "甲")
    (warned,) = office.desk.escalate_due(noon(12, 15))
    assert warned.held_by == "甲"


def test_many_orders_are_all_looked_at(office: MemoryDesk) -> None:
    for _ in range(230):
        taken(office, request_type=RequestType.INQUIRY)
    assert len(office.desk.escalate_due(noon(12, 1))) == 230
    assert len(office.announcer.announced) == 460


def test_a_year_without_known_holidays_is_warned_of_in_the_promise() -> None:
    promise = RULES.promised(CALENDAR, RequestType.COMPLAINT, Urgency.NORMAL, noon(12, 20))
    assert promise.due_on.year == 2027
    assert "2027" in promise.warning
