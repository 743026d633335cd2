"""When something happened: resolved to a day where that is certain, else in the caller's own words."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.hotline.occurred_times import load_occurred_times

TIMES = load_occurred_times()
MONDAY = date(2026, 11, 23)


def found(text: str, said_on: date = MONDAY) -> str:
    occurrence = TIMES.find(text, said_on)
    return str(occurrence) if occurrence else ""


@pytest.mark.parametrize(
    ("said", "resolved"),
    [
        ("昨天晚上10点", "2026年11月22日 22:00"),
        ("昨晚十一点半", "2026年11月22日 23:30"),
        ("昨晚12点", "2026年11月22日 24:00"),
        ("前天下午3点一刻", "2026年11月21日 15:15"),
        ("大前天", "2026年11月20日"),
        ("今早8点左右", "2026年11月23日 08:00"),
        ("今天上午九点二十分", "2026年11月23日 09:20"),
        ("三天前", "2026年11月20日"),
        ("上周三", "2026年11月18日"),
        ("上个星期天", "2026年11月22日"),
        ("上上周五", "2026年11月13日"),
        ("周五", "2026年11月20日"),
        ("星期一", "2026年11月23日"),
        ("5月1日", "2026年5月1日"),
        ("12月3号早上", "2025年12月3日"),
        ("十一月二十号", "2026年11月20日"),
        ("去年12月3日", "2025年12月3日"),
        ("上个月15号", "2026年10月15日"),
        ("2026-11-20 14:30", "2026年11月20日 14:30"),
        ("2025年10月8日中午1点", "2025年10月8日 13:00"),
    ],
)
def test_a_certain_day_is_resolved_and_the_words_stay_beside_it(said: str, resolved: str) -> None:
    assert found(f"幸福路工地{said}施工，很吵") == f"{resolved}（{said}）"


@pytest.mark.parametrize(
    "said",
    [
        "长期",
        "每天夜里两点",
        "每到周末",
        "2026年10月",
        "2019年4月以来",
        "去年三月开始",
        "半个月前",
        "近三个月",
        "两年多来",
        "国庆期间",
        "凌晨两点",
        "最近几天",
    ],
)
def test_what_names_no_day_stays_as_said(said: str) -> None:
    assert found(f"幸福路工地{said}施工，很吵") == said


def test_the_small_hours_of_a_night_belong_to_nobody_knows_which_day() -> None:
    assert found("昨天夜里两点还在打桩") == "昨天夜里两点"
    assert found("昨天半夜11点还在打桩") == "2026年11月22日 23:00（昨天半夜11点）"


@pytest.mark.parametrize(
    "text",
    [
        "12345热线打了三次没人管",
        "一楼到四楼都没水",
        "我家住三单元二楼",
        "5号楼和3号线",
        "路修了一半",
        "周一至周五上班",
        "示政发〔2024〕12号第三条",
        "2024年1月1日起施行的办法",
        "2月30日",
        "居住证怎么办",
        "",
    ],
)
def test_what_is_no_time_of_an_event_is_none(text: str) -> None:
    assert found(text) == ""


def test_a_day_is_more_certain_than_a_month_and_a_month_than_always() -> None:
    assert found("长期扰民，2026年10月更严重，上周三通宵") == "2026年11月18日（上周三）"
    assert found("长期扰民，2026年10月更严重") == "2026年10月"


def test_today_is_often_only_the_day_of_the_call() -> None:
    assert found("我今天来投诉，前天下午3点工地又施工") == "2026年11月21日 15:00（前天下午3点）"
    assert found("今天停水了") == "2026年11月23日（今天）"


def test_a_day_still_to_come_is_no_time_of_an_event() -> None:
    assert found("2027年1月1日还没到") == ""


@given(st.text("昨今前天上周月年日号点半晚早0123456789一二三四五十百 :-", max_size=30), st.dates(date(2000, 3, 1), date(2100, 1, 1)))
def test_anything_can_be_said_and_no_day_lies_ahead(text: str, said_on: date) -> None:
    occurrence = TIMES.find(text, said_on)
    if occurrence:
        assert occurrence.words in text
        assert occurrence.day is None or occurrence.day <= said_on
