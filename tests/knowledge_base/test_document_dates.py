"""Dates as written, and the sentences that begin and end a document's validity."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge_base.document_dates import add_months, find_dates, find_effective_rules, find_term, read_date


@pytest.mark.parametrize(
    "written",
    [
        "2024年3月1日", "2024年03月01日", "2024 年 3 月 1 日", "２０２４年３月１日", "二〇二四年三月一日", "二○二四年三月一日",
        "二零二四年三月一日", "2024-03-01", "2024/3/1", "2024.3.1",
    ],
)  # fmt: skip
def test_every_spelling_of_a_date_is_read(written: str) -> None:
    assert read_date(written) == date(2024, 3, 1)


@pytest.mark.parametrize("written", ["2024年2月30日", "2024年13月1日", "三月一日", "", "二〇二四年", "5355年6月6日", "0913年4月3日"])
def test_what_is_no_date_is_none(written: str) -> None:
    assert read_date(written) is None


def test_two_digit_days_in_chinese_are_read() -> None:
    assert read_date("二〇〇四年十二月三十一日") == date(2004, 12, 31)


def test_dates_are_found_with_their_place() -> None:
    text = "自二〇二四年三月十五日起至2025-12-31止"
    assert [(d.on, text[d.start : d.end]) for d in find_dates(text)] == [
        (date(2024, 3, 15), "二〇二四年三月十五日"),
        (date(2025, 12, 31), "2025-12-31"),
    ]


@pytest.mark.parametrize("verb", ["施行", "实施", "执行", "生效", "试行"])
def test_the_day_of_taking_effect_is_found(verb: str) -> None:
    (rule,) = find_effective_rules(f"本办法自2024年3月1日起{verb}。", 0)
    assert rule.on == date(2024, 3, 1)


@pytest.mark.parametrize(
    ("sentence", "days", "months"),
    [
        ("本办法自公布之日起施行。", 0, 0),
        ("本通知自印发之日起执行。", 0, 0),
        ("本规定自发布之日起30日后施行。", 30, 0),
        ("自公布之日起三十日后施行。", 30, 0),
        ("本办法自发布之日起满三个月后施行。", 0, 3),
    ],
)
def test_taking_effect_may_count_from_publication(sentence: str, days: int, months: int) -> None:
    (rule,) = find_effective_rules(sentence, 0)
    assert (rule.on, rule.days_after, rule.months_after) == (None, days, months)


def test_the_effective_day_of_a_cited_text_is_not_taken() -> None:
    assert list(find_effective_rules("按照《关于自2010年1月1日起施行新标准的通知》办理。", 0)) == []


@pytest.mark.parametrize(
    ("sentence", "ends_on", "months"),
    [
        ("本办法自2024年3月1日起施行，有效期5年。", None, 60),
        ("本办法自2024年3月1日起施行，有效期为五年。", None, 60),
        ("本办法有效期三年。", None, 36),
        ("本意见由市人力资源和社会保障局负责解释，自2025年4月1日起施行，有效期3年。", None, 36),
        ("本规定自2024年1月1日起试行，试行期两年。", None, 24),
        ("本办法自印发之日起施行，有效期6个月。", None, 6),
        ("本通知自印发之日起执行，有效期至2025年12月31日。", date(2026, 1, 1), 0),
        ("本意见自2024年5月1日起施行，至2026年4月30日止。", date(2026, 5, 1), 0),
    ],
)
def test_the_term_of_a_document_is_found(sentence: str, ends_on: date | None, months: int) -> None:
    term = find_term(sentence)
    assert term is not None
    assert (term.ends_on, term.months) == (ends_on, months)


def test_a_form_in_an_annex_speaks_of_itself() -> None:
    sentence = "本协议书自签署之日起生效，有效期1年。"
    assert list(find_effective_rules(sentence, 0)) == []
    assert find_term(sentence) is None


@pytest.mark.parametrize(
    "sentence",
    [
        "居住证有效期为1年。",
        "临时居民身份证的有效期限为三个月，自签发之日起计算。",
        "合同自签订之日起生效，许可证有效期5年。",
        "知识产权海关保护备案自海关总署准予备案之日起生效，有效期为10年。",
        "本办法自2024年3月1日起施行。",
    ],
)
def test_the_term_of_a_card_or_permit_is_not_the_documents(sentence: str) -> None:
    assert find_term(sentence) is None


def test_months_end_on_the_last_day_where_a_month_is_shorter() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 3, 1), 60) == date(2029, 3, 1)
