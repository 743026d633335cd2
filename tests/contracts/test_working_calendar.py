"""What every WorkingCalendar promises, and what the Chinese one knows of 国庆, 春节 and 调休."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from assistant.adapters.hotline import ChineseWorkingCalendar
from assistant.hotline.ports import WorkingCalendar
from tests.fakes.working_calendar import WeekdayCalendar

FRIDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 23)


@pytest.fixture(params=[ChineseWorkingCalendar, WeekdayCalendar])
def calendar(request: pytest.FixtureRequest) -> WorkingCalendar:
    kind: type[WorkingCalendar] = request.param
    return kind()


def test_the_day_of_receipt_does_not_count(calendar: WorkingCalendar) -> None:
    due = calendar.due(MONDAY, 2)
    assert (due.due_on, due.working_days, due.warning) == (date(2026, 11, 25), 2, "")


def test_a_weekend_does_not_count(calendar: WorkingCalendar) -> None:
    assert calendar.due(FRIDAY, 1).due_on == MONDAY
    assert calendar.due(date(2026, 11, 21), 1).due_on == MONDAY


def test_no_days_at_all_are_due_at_once(calendar: WorkingCalendar) -> None:
    assert calendar.due(MONDAY, 0).due_on == MONDAY


@pytest.mark.parametrize(
    ("today", "left"),
    [(FRIDAY, 5), (date(2026, 11, 22), 5), (MONDAY, 4), (date(2026, 11, 27), 0), (date(2026, 11, 28), -1), (date(2026, 12, 1), -2)],
)
def test_the_days_left_count_down_through_zero_to_minus(calendar: WorkingCalendar, today: date, left: int) -> None:
    assert calendar.working_days_left(today, date(2026, 11, 27)) == left


@pytest.mark.parametrize("received_on", [date(2026, 1, 1) + timedelta(days=7 * week) for week in range(40)])
def test_on_the_day_of_receipt_all_promised_days_are_left(calendar: WorkingCalendar, received_on: date) -> None:
    due = calendar.due(received_on, 15)
    assert calendar.working_days_left(received_on, due.due_on) == 15
    assert calendar.is_working_day(due.due_on)


def test_a_year_it_does_not_know_is_counted_by_weekdays_with_a_warning(calendar: WorkingCalendar) -> None:
    # 2047-12-23 is a Monday.
    due = calendar.due(date(2047, 12, 23), 10)
    assert due.due_on == date(2048, 1, 6)
    assert "2048年" in due.warning
    assert "周一至周五" in due.warning


# From the notices 国务院办公厅关于2025年、2026年部分节假日安排的通知.
@pytest.mark.parametrize(
    ("received_on", "working_days", "due_on"),
    [
        # 国庆、中秋 2025: 1 to 8 October off, Sunday 28 September and Saturday 11 October worked.
        (date(2025, 9, 26), 2, date(2025, 9, 29)),
        (date(2025, 9, 30), 2, date(2025, 10, 10)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        # 春节 2026: 15 to 23 February off, Saturdays 14 and 28 February worked.
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 24), 5, date(2026, 3, 2)),
        # 国庆 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October worked.
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
    ],
)
def test_holidays_and_working_weekends_are_those_of_the_notice(received_on: date, working_days: int, due_on: date) -> None:
    due = ChineseWorkingCalendar().due(received_on, working_days)
    assert (due.due_on, due.warning) == (due_on, "")


def test_a_working_saturday_is_a_working_day_and_a_holiday_is_none() -> None:
    calendar = ChineseWorkingCalendar()
    assert calendar.is_working_day(date(2026, 2, 14))
    assert not calendar.is_working_day(date(2026, 2, 16))


def test_a_known_year_beside_an_unknown_one_warns_only_of_the_unknown() -> None:
    calendar = ChineseWorkingCalendar()
    year = next(year for year in range(2026, 2100) if calendar.due(date(year, 1, 1), 200).warning)
    assert calendar.due(date(year - 1, 6, 1), 15).warning == ""
    warning = calendar.due(date(year - 1, 12, 31), 1).warning
    assert f"{year}年" in warning
    assert str(year - 1) not in warning
