"""What of a text can be checked word for word: found with its meaning, and ordinary words left alone."""

from __future__ import annotations

import pytest

from evaluation.stated_values import DATE, DOCUMENT_NUMBER, LINK, NUMBER, PHONE, stated_values


@pytest.mark.parametrize(
    ("text", "kind", "meaning", "unit"),
    [
        ("自受理之日起15个工作日内", NUMBER, "15", "工作日"),
        ("自受理之日起十五个工作日内", NUMBER, "15", "工作日"),
        ("每人每月1,500元", NUMBER, "1500", "元"),
        ("一百二十万元", NUMBER, "1200000", "元"),
        ("120万元", NUMBER, "1200000", "元"),
        ("２０天", NUMBER, "20", "日"),
        ("年满18周岁", NUMBER, "18", "岁"),
        ("百分之三十", NUMBER, "30", "%"),
        ("30%", NUMBER, "30", "%"),
        ("百分之一点五", NUMBER, "1.5", "%"),
        ("第十七条", NUMBER, "17", "条"),
        ("示政规〔2024〕1号", DOCUMENT_NUMBER, "示政规〔2024〕1", ""),
        ("2024年3月1日", DATE, "2024-3-1", ""),
        ("2024-03-01", DATE, "2024-3-1", ""),
        ("0900-8880101", PHONE, "09008880101", ""),
        ("13800138000", PHONE, "13800138000", ""),
        ("见 https://www.shifan.example/a?b=1。", LINK, "https://www.shifan.example/a?b=1", ""),
    ],
)
def test_one_value_is_found_with_its_meaning(text: str, kind: str, meaning: str, unit: str) -> None:
    (value,) = stated_values(text)
    assert (value.kind, value.meaning, value.unit) == (kind, meaning, unit)


@pytest.mark.parametrize("text", ["一般情况下统一办理", "两种材料缺一不可，万一丢失", "", "十分重要、百姓"])
def test_numerals_in_ordinary_words_are_no_numbers(text: str) -> None:
    assert [value.text for value in stated_values(text) if value.unit != "种"] == []


def test_digits_of_a_document_number_and_a_phone_are_not_read_again() -> None:
    assert [value.kind for value in stated_values("示府发〔2024〕12号，电话0900-8880101")] == [DOCUMENT_NUMBER, PHONE]
