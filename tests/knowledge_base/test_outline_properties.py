"""What holds for the outline of any text at all: no character lost, paths unique, children contiguous, no depth limit."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.chinese_numbers import read_number, write_ordinal
from knowledge_base.models import Provision, ProvisionLevel
from knowledge_base.outline_parser import parse_outline

PIECES = (
    *("第一条", "第二条", "第三条 ", "第十七条之一　", "第12条", "第一章 总则", "第二节 甲", "第一编", "第一分编"),
    *("一、", "二、", "（一）", "（二）", "(3)", "1.", "2．", "1.1 ", "①", "②", "附件", "附件1：", "目录", "# ", "## ", "**"),
    *("\n", "\n", "\r\n", "\r", " ", "\u3000", "。", "；", "：", "“", "”", "《", "》", "规定的", "本办法", "公民", "申请"),
    *("2024年3月1日", "示范市人民政府", "（此件公开发布）", "管理办法", "- 1 -", "| 甲 |", "\x0c", "\u2028", "\u200b", "😀"),
)
assembled_text = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
any_text = st.text(max_size=300) | assembled_text


def assert_sound(text: str, outline: Provision) -> None:
    nodes = list(outline.walk())
    assert "".join(node.own_text(text) for node in nodes) == text
    assert len({node.path for node in nodes}) == len(nodes)
    for node in nodes:
        edges = [node.start, *(child.start for child in node.children), node.end]
        assert edges == sorted(edges)
        assert all(left.end == right.start for left, right in zip(node.children, node.children[1:], strict=False))
        assert not node.children or node.children[-1].end == node.end


@given(any_text)
@settings(max_examples=600, deadline=None)
def test_the_outline_of_any_text_loses_no_character(text: str) -> None:
    assert_sound(text, parse_outline(text))


@st.composite
def laws(draw: st.DrawFn) -> tuple[str, int]:
    """A generated law and the number of its articles."""
    lines: list[str] = ["示范市管理办法"]
    number = 0
    for chapter in range(1, draw(st.integers(1, 4)) + 1):
        lines.append(f"第{write_ordinal(chapter)}章 {draw(st.sampled_from(['总则', '申领', '附则']))}")
        for _ in range(draw(st.integers(1, 5))):
            number += 1
            lines.append(
                f"第{write_ordinal(number)}条{draw(st.sampled_from([' ', '　', '']))}公民应当依照第{write_ordinal(number + 1)}条办理。"
            )
            items = draw(st.integers(0, 3))
            if items > 1:
                lines.append("有下列情形之一的：")
                lines += [f"（{write_ordinal(item)}）情形{item}；" for item in range(1, items)] + [f"（{write_ordinal(items)}）其他。"]
            lines += ["本条自公布之日起施行。"] * draw(st.integers(0, 2))
    newline = draw(st.sampled_from(["\n", "\r\n", "\n\n", "\n\u3000\u3000"]))
    return newline.join(lines) + draw(st.sampled_from(["", "\n"])), number


@given(laws())
@settings(max_examples=200, deadline=None)
def test_every_article_of_a_generated_law_is_found_once(law: tuple[str, int]) -> None:
    text, count = law
    outline = parse_outline(text)
    assert_sound(text, outline)
    found = [node.path for node in outline.walk() if node.level is ProvisionLevel.ARTICLE]
    assert found == [f"第{write_ordinal(number)}条" for number in range(1, count + 1)]


@given(st.integers(1, 9999))
def test_ordinals_are_read_back(number: int) -> None:
    assert read_number(write_ordinal(number)) == number


def test_ten_thousand_repeated_numbers_neither_exhaust_the_stack_nor_collide() -> None:
    text = "第一条 甲。\n\n（一）乙：\n1.丙：\n（1）丁：①戊；②己。\n" * 3000
    assert_sound(text, parse_outline(text))


def test_a_deeply_quoted_line_of_brackets_is_read() -> None:
    text = "“（一）" * 5000
    assert_sound(text, parse_outline(text))
