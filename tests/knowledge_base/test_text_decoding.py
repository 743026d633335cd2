"""Chinese text in any encoding, down to a few characters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.adapters.parsers.layout import unwrap
from knowledge_base.adapters.parsers.text_decoding import decode_chinese
from knowledge_base.errors import UnreadableDocument

LAW = "公民应当自年满十六周岁之日起三个月内，向常住户口所在地的公安机关申请领取居民身份证。"
TRADITIONAL = "國民年滿十四歲者，應請領國民身分證；未滿十四歲者，得申請發給。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_simplified_text_is_read_in_every_encoding(encoding: str) -> None:
    assert decode_chinese("法.txt", LAW.encode(encoding)).text == LAW


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "gb18030", "utf-16"])
def test_traditional_text_is_read_in_every_encoding(encoding: str) -> None:
    assert decode_chinese("法.txt", TRADITIONAL.encode(encoding)).text == TRADITIONAL


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-16-le", "utf-16-be"])
@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, len(LAW) - 8), length=st.integers(8, 30))
def test_a_few_words_are_enough(encoding: str, start: int, length: int) -> None:
    part = LAW[start : start + length]
    assert decode_chinese("短.txt", part.encode(encoding)).text == part


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_text_that_breaks_off_inside_a_character_is_read_with_a_warning(encoding: str) -> None:
    decoded = decode_chinese("法.txt", (LAW * 20).encode(encoding)[:-1])
    assert decoded.text.startswith(LAW[:30])
    assert any("核对原文" in warning for warning in decoded.warnings)


def test_bytes_that_are_no_text_are_refused_with_advice() -> None:
    with pytest.raises(UnreadableDocument, match="UTF-8"):
        decode_chinese("图.txt", bytes(range(128, 256)) * 40)


WRAPPED = """     根据新版全省户籍人口大集中系统建设部署，我局计划于六月一日全面上线居民身份
证换补领业务和户籍三项服务，现就有关工作通知如下，请各地认真组织抓好贯彻落实到
位并及时报告有关情况。
一、明确业务范围。本次上线业务内容如下，即任一窗口均可受理省内居民跨市和市内跨
县区居民身份证换领补领业务以及临时居民身份证办理业务，各地不得以任何理由推诿拒
绝受理群众提出的申请，确保便民服务不间断。
二、强化培训宣传。我局将组织全省视频培训，具体安排另行通知。"""


def test_lines_cut_at_a_fixed_width_are_rejoined_and_only_line_ends_go() -> None:
    joined = unwrap(WRAPPED)
    assert [line[:2].strip() for line in joined.split("\n")] == ["", "一、", "二、"]
    assert joined.replace("\n", "") == WRAPPED.replace("\n", "")


def test_ordinary_paragraphs_stay_as_they_are() -> None:
    text = "\n".join([LAW, "第二条 " + LAW, "第三条 " + LAW * 3] * 4)
    assert unwrap(text) == text
