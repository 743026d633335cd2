"""Cutting verbatim text into units that may be quoted."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assistant.quotation import is_continuation, is_list_item, leads_a_list, sentences

TEXT = "申请人应当符合下列条件：\n（一）年满十六周岁；\n（二）在本市居住半年以上。\n但是在校学生除外。"


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in sentences(text)]


def test_sentences_keep_their_closing_signs() -> None:
    assert cut("应当提交“居住证明。”材料齐全的，当场受理！") == ["应当提交“居住证明。”", "材料齐全的，当场受理！"]


def test_every_item_of_a_list_is_a_unit_of_its_own() -> None:
    assert cut(TEXT) == ["申请人应当符合下列条件：", "（一）年满十六周岁；", "（二）在本市居住半年以上。", "但是在校学生除外。"]


def test_lead_items_and_exception_are_told_apart() -> None:
    lead, first, second, exception = sentences(TEXT)
    assert leads_a_list(TEXT, lead)
    assert is_list_item(TEXT, first)
    assert is_list_item(TEXT, second)
    assert is_continuation(TEXT, exception)


@given(st.text(alphabet="甲乙丙，。；！？\n 　（一）“”：", max_size=200))
def test_no_word_is_lost_and_spans_never_overlap(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text.split())
    assert all(before.end <= after.start for before, after in pairwise(spans))
