"""文号 in all their spellings."""

from __future__ import annotations

import pytest

from knowledge_base.document_numbers import find_document_numbers, normalise_document_number


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("示政发〔2024〕12号", "示政发〔2024〕12号"),
        ("示政发[2024]12号", "示政发〔2024〕12号"),
        ("示政发（2024）12号", "示政发〔2024〕12号"),
        ("示政发【2024】12号", "示政发〔2024〕12号"),
        ("示政发〔２０２４〕１２号", "示政发〔2024〕12号"),
        ("示政发 〔 2024 〕 12 号", "示政发〔2024〕12号"),
        ("示政发〔2024〕第12号", "示政发〔2024〕12号"),
        ("国办发明电〔2018〕15号", "国办发明电〔2018〕15号"),
        ("中华人民共和国国务院令\n第707号", "第707号令"),
        ("国令第707号", "第707号令"),
        ("第12号令", "第12号令"),
        ("第五十三号令", "第53号令"),
        ("交通运输部令2023年第5号", "2023年第5号令"),
        ("国家税务总局公告2024年第3号", "公告2024年第3号"),
        ("国家税务总局 公告 2024年 第3号", "公告2024年第3号"),
        ("人民代表大会常务委员会公告第四十二号", "公告第42号"),
        ("关于示政发〔2024〕12号的说明", "示政发〔2024〕12号"),
    ],
)
def test_every_spelling_comes_to_one_form(written: str, normal: str) -> None:
    assert normalise_document_number(written) == normal


@pytest.mark.parametrize("words", ["", "2024年12号", "第12号", "电话12345号", "〔2024〕", "京A12345", "第三号楼"])
def test_other_numbers_are_none(words: str) -> None:
    assert normalise_document_number(words) is None


def test_numbers_are_found_with_their_place_and_without_the_words_before() -> None:
    text = "根据国办发〔2016〕82号和示政发〔2024〕12号，"
    found = list(find_document_numbers(text))
    assert [(number.number, text[number.start : number.end]) for number in found] == [
        ("国办发〔2016〕82号", "国办发〔2016〕82号"),
        ("示政发〔2024〕12号", "示政发〔2024〕12号"),
    ]
