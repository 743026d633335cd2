"""Normalising for search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexing.text_normalizer import normalize


@pytest.mark.parametrize(
    ("printed", "normal"),
    [
        ("２０２４年１２月", "2024年12月"),
        ("示政发〔２０２４〕１２号", "示政发〔2024〕12号"),
        ("建筑面积９０㎡", "建筑面积90m2"),
        ("ＡＰＰ办理", "APP办理"),
        ("第一章　总　则", "第一章 总则"),
        ("通 知 书", "通知书"),
        ("各有关单位： 现将《办法》印发给你们", "各有关单位： 现将《办法》印发给你们"),
        ("戶籍遷移", "戶籍遷移"),
        ("居住\u200b证", "居住证"),
        ("第一款。\r\n\r\n  第二款。", "第一款。\n第二款。"),
    ],
)
def test_text_is_brought_into_the_form_it_is_searched_in(printed: str, normal: str) -> None:
    assert normalize(printed) == normal


def test_brackets_of_a_document_number_and_chinese_punctuation_stay() -> None:
    punctuation = "〔〕（），。；：！？《》“”、"
    assert normalize(punctuation) == punctuation


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
