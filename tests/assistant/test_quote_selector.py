"""Choosing what to quote."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.models import AcceptedPassage
from assistant.rules import QuotingRules
from assistant.steps.quote_selector import Quote, QuoteSelector
from indexing.models import Passage, PassageKind, RankedPassage

RULES = QuotingRules(
    max_characters=60,
    max_quotes=2,
    candidate_passages=5,
    min_relative_score=0.4,
    min_run=5,
    equal_from=2.0,
    equal_characters=0,
    whole_characters=200,
)


def evidence(text: str, score: float = 1.0, name: str = "p") -> AcceptedPassage:
    passage = Passage(
        id=f"{name}.e1#第一条",
        kind=PassageKind.POLICY,
        document_id=name,
        edition=1,
        title="测试办法",
        heading_path=(),
        paths=("第一条",),
        citation="第一条",
        text=text,
        start=0,
        end=len(text),
        search_text=text,
        jurisdiction="990100",
        effective_on=date(2024, 1, 1),
        ends_on=None,
        digest="",
    )
    return AcceptedPassage(RankedPassage(passage, score, 0.9, 5.0))


def words(quote: Quote) -> list[str]:
    text = quote.source.ranked.passage.text
    return [text[span.start : span.end] for span in quote.spans]


def test_a_short_provision_is_quoted_whole() -> None:
    text = "居住证每年签注一次。逾期不签注的，使用功能中止。"
    (quote,) = QuoteSelector(RULES).select(("签注",), [evidence(text)])
    assert words(quote) == [text]


def test_the_sentence_that_answers_is_kept_when_not_all_fits() -> None:
    filler = "本条规定一般事项的处理原则和要求，适用于各有关单位。" * 3
    text = f"{filler}补办居住证的工本费为每证二十元。"
    (quote,) = QuoteSelector(RULES).select(("工本费",), [evidence(text)])
    assert words(quote)[-1].endswith("补办居住证的工本费为每证二十元。")
    assert quote.length <= RULES.max_characters


def test_an_exception_comes_along_with_its_rule() -> None:
    text = "申请人应当本人到场办理。" + "有关单位应当做好各项服务保障工作。" * 4 + "居住证工本费二十元。但首次申领的免收工本费。"
    (quote,) = QuoteSelector(RULES).select(("居住证", "工本费"), [evidence(text)])
    assert "但首次申领的免收工本费。" in "".join(words(quote))


def test_a_list_is_quoted_whole_with_the_words_that_introduce_it() -> None:
    items = "".join(f"（{number}）其他应当提交的有关证明材料和文件；\n" for number in "一二三四")
    text = f"申领居住证应当提交：\n{items}（五）合法稳定住所证明。"
    (quote,) = QuoteSelector(RULES).select(("住所", "证明"), [evidence(text)])
    assert words(quote) == [text]
    assert quote.items == 0


def test_of_a_list_too_long_to_be_quoted_it_is_said_how_many_items_it_has() -> None:
    items = "".join(f"（{number}）其他应当提交的有关证明材料和文件，包括原件、复印件和经过公证的译文；\n" for number in "一二三四五六七")
    text = f"申领居住证应当提交：\n{items}（八）合法稳定住所证明。"
    (quote,) = QuoteSelector(RULES).select(("住所", "证明"), [evidence(text)])
    assert quote.items == 8
    assert words(quote)[0].startswith("申领居住证应当提交：")
    assert "（八）合法稳定住所证明。" in words(quote)[-1]


def test_a_further_quote_is_never_cut_from_its_exception() -> None:
    first = evidence("居住证工本费为每证二十元，由申请人在领证时缴纳。", 1.0, "a")
    rule = "补领居住证收费十元。但因制发机关的原因造成证件损坏、错误需要重新制作的，不收取任何费用。"
    quotes = QuoteSelector(replace(RULES, max_characters=40)).select(("居住证",), [first, evidence(rule, 0.9, "b")])
    assert [words(quote) for quote in quotes] == [["居住证工本费为每证二十元，由申请人在领证时缴纳。"]]


def test_the_same_words_of_a_second_authority_are_not_quoted_again() -> None:
    text = "居住证工本费为每证二十元。"
    assert len(QuoteSelector(RULES).select(("工本费",), [evidence(text, 1.0, "a"), evidence(text, 0.99, "b")])) == 1


def test_the_order_of_the_search_decides_which_passage_comes_first() -> None:
    near, wordy = evidence("首次申领的，不收取任何费用。", 1.0, "a"), evidence("工本费、工本费、工本费。", 0.9, "b")
    assert QuoteSelector(RULES).select(("工本费",), [near, wordy])[0].source is near


def test_a_far_weaker_passage_is_left_out() -> None:
    strong, weak = evidence("居住证工本费二十元。", 1.0, "a"), evidence("城市绿化由主管部门负责。", 0.1, "b")
    assert len(QuoteSelector(RULES).select(("工本费",), [strong, weak])) == 1


@pytest.mark.parametrize("budget", [30, 60, 200])
def test_all_quotes_together_keep_to_the_budget(budget: int) -> None:
    rules = replace(RULES, max_characters=budget, max_quotes=4, min_relative_score=0.1)
    passages = [evidence("居住证工本费为二十元。补领收费相同。" * 2, 1 - number / 10, str(number)) for number in range(4)]
    quotes = QuoteSelector(rules).select(("工本费",), passages)
    assert quotes
    assert sum(quote.length for quote in quotes) <= budget
