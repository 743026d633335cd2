"""The outline of laws, notices, annexes and text that was flattened or wrapped."""

from __future__ import annotations

import pytest

from knowledge_base.models import Provision, ProvisionLevel
from knowledge_base.outline_parser import parse_outline


def paths(text: str, *levels: ProvisionLevel) -> list[str]:
    return [node.path for node in parse_outline(text).walk() if not levels or node.level in levels]


def articles(text: str) -> list[str]:
    return paths(text, ProvisionLevel.ARTICLE)


def node(text: str, path: str) -> Provision:
    return next(node for node in parse_outline(text).walk() if node.path == path)


LAW = """示范市居住证管理办法

第一章 总则

第一条 为了规范居住证管理，制定本办法。

第二条 有下列情形之一的，可以申领：

（一）合法稳定就业；

（二）合法稳定住所，包括：

1.自有住房；

2.租赁住房。

符合前款规定的，应当提交材料。

第二章 附则

第三条 本办法自2024年3月1日起施行。
"""


def test_a_law_is_nested_by_its_levels() -> None:
    assert paths(LAW) == [
        "", "第一章", "第一条", "第二条", "第二条/第一款", "第二条/第一款/（一）", "第二条/第一款/（二）", "第二条/第一款/（二）/1.",
        "第二条/第一款/（二）/2.", "第二条/第二款", "第二章", "第三条",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "citation"),
    [
        ("第一条", "第一条"),
        ("第二条/第一款/（二）", "第二条第一款第（二）项"),
        ("第二条/第一款/（二）/1.", "第二条第一款第（二）项第1目"),
        ("第二条/第二款", "第二条第二款"),
        ("第一章", "第一章"),
    ],
)
def test_provisions_are_cited_the_official_way(path: str, citation: str) -> None:
    assert node(LAW, path).citation == citation


def test_an_article_of_one_paragraph_is_cited_without_it() -> None:
    text = "第十条 有下列情形之一的：\n（一）甲；\n（二）乙。\n第十一条 其他。\n"
    assert node(text, "第十条/（二）").citation == "第十条第（二）项"


def test_headings_carry_their_words_as_title() -> None:
    assert (node(LAW, "第一章").label, node(LAW, "第一章").title) == ("第一章", "总则")


def test_parts_and_subparts_stand_above_chapters() -> None:
    text = "第一编 总则\n第一分编 通则\n第一章 一般规定\n第一节 甲\n第一条 甲。\n第二编 物权\n第一章 一般规定\n第二条 乙。\n"
    assert paths(text, ProvisionLevel.PART, ProvisionLevel.SUBPART, ProvisionLevel.CHAPTER, ProvisionLevel.SECTION) == [
        "第一编", "第一编/第一分编", "第一编/第一分编/第一章", "第一编/第一分编/第一章/第一节", "第二编", "第二编/第一章",
    ]  # fmt: skip
    assert articles(text) == ["第一条", "第二条"]


@pytest.mark.parametrize(
    "label", ["第一千二百六十条", "第一百〇五条", "第一百零五条", "第12条", "第１２条", "第十七条之一", "第 七十五 条", "第一千〇一条"]
)
def test_article_numbers_in_every_spelling_are_read(label: str) -> None:
    text = f"上一条的内容。\n{label} 本法自公布之日起施行。\n"
    found = [n for n in parse_outline(text).walk() if n.level is ProvisionLevel.ARTICLE]
    assert [n.label for n in found] == [label]


def test_full_width_digits_and_spaces_leave_the_path() -> None:
    assert articles("第 １２ 条　甲。\n") == ["第12条"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_understood(newline: str) -> None:
    text = LAW.replace("\n", newline)
    assert paths(text) == paths(LAW)


def test_markdown_marks_and_wide_spaces_do_not_matter() -> None:
    text = "# 示范条例\n\n## 第一章\u3000总　则\n\n\u3000\u3000第一条\u3000甲。\n\n\u3000\u3000**第二条** 乙。\n"
    assert paths(text)[1:] == ["第一章", "第一条", "第二条"]


@pytest.mark.parametrize(
    "reference",
    [
        "第一条 依照本办法\n第五条规定的条件办理。\n第二条 乙。\n",
        "第一条 申请人符合第四条、\n第五条和第六条规定的，可以申领。\n第二条 乙。\n",
        "第一条 甲。\n第五条规定的证件，由公安机关发给。\n第二条 乙。\n",
        "第一条 违反本办法第二十条\n第二条第一款、第三条的，责令改正。\n第二条 乙。\n",
    ],
)
def test_a_reference_at_the_start_of_a_line_starts_no_article(reference: str) -> None:
    assert articles(reference) == ["第一条", "第二条"]


def test_a_wrapped_reference_to_the_next_article_starts_none() -> None:
    text = "第一条 公民申请办理居住证的，除法律另有规定以外，应当按照本办法规定的条件和程序，并且符合\n第二条规定的要求。\n第二条 乙。\n"
    assert articles(text) == ["第一条", "第二条"]


def test_the_table_of_contents_is_no_heading() -> None:
    text = "示范条例\n目　录\n第一章 总则\n第二章 附则\n第一章 总则\n第一条 甲。\n第二章 附则\n第二条 乙。\n"
    assert paths(text) == ["", "目录", "第一章", "第一条", "第二章", "第二条"]


def test_contents_without_a_heading_of_their_own_are_seen_by_their_repetition() -> None:
    text = "示范条例\n## 第一章 总则\n## 第二章 附则\n## 第一章 总则\n第一条 甲。\n## 第二章 附则\n第二条 乙。\n"
    assert paths(text) == ["", "目录", "第一章", "第一条", "第二章", "第二条"]


def test_contents_with_page_numbers_are_no_headings() -> None:
    contents = "一、户口登记  - 1 -\n（一）立户  - 1 -\n1.集体户 - 2 -\n二、居住证 - 9 -\n"
    text = f"操作规范\n{contents}一、户口登记\n（一）立户\n甲。\n二、居住证\n乙。\n"
    assert paths(text) == ["", "目录", "一、", "一、/（一）", "二、"]


NOTICE = """示范市人民政府关于做好居住证工作的通知

各区人民政府：

为了便民，现通知如下：

一、总体要求

（一）加强领导。各区要重视。

（二）分步实施：

1.宣传；

2.办理。

二、工作安排

（一）时间安排。三月开始。

示范市人民政府

2024年3月1日

（此件公开发布）
"""


def test_a_notice_is_nested_by_its_list_numbers() -> None:
    assert paths(NOTICE) == ["", "一、", "一、/（一）", "一、/（二）", "一、/（二）/1.", "一、/（二）/2.", "二、", "二、/（一）", "落款"]


def test_provisions_of_a_notice_are_cited_as_written() -> None:
    assert node(NOTICE, "二、/（一）").citation == "二、（一）"
    assert node(NOTICE, "一、/（二）/1.").citation == "一、（二）1."


def test_the_first_sentence_of_a_notice_provision_is_its_title() -> None:
    assert node(NOTICE, "一、/（一）").title == "加强领导"


def test_the_signature_belongs_to_no_provision() -> None:
    text = node(NOTICE, "落款").text(NOTICE)
    assert text.startswith("示范市人民政府")
    assert text.rstrip().endswith("（此件公开发布）")


def test_text_flattened_to_one_line_keeps_its_outline() -> None:
    text = (
        "关于稳定发展的通知 各单位： 制定如下措施： 一、全力保障供应 1.实施监测。市商务局负责。 2.提供便利。"
        " 二、缓解压力 3.给予支持。 4.降低费用。"
    )
    assert paths(text) == ["", "一、", "一、/1.", "一、/2.", "二、", "二、/3.", "二、/4."]
    assert node(text, "一、").title == "全力保障供应"


def test_a_law_flattened_to_one_line_keeps_its_articles() -> None:
    body = "公民应当依法办理有关手续，任何单位和个人不得拒绝。" * 5
    text = f"示范规定 第一章 总则 第一条 {body} 第二条 依照第一条 办理。{body} 第二章 附则 第三条 {body}"
    assert paths(text)[1:] == ["第一章", "第一条", "第二条", "第二章", "第三条"]


def test_one_number_inside_a_sentence_is_no_list() -> None:
    assert paths("本市增长 1.5 万人。 1.宣传到位") == [""]


def test_decimal_numbers_nest_and_are_cited_by_themselves() -> None:
    text = "应急预案\n1 总则\n1.1 目的\n甲。\n1.2 依据\n乙。\n1.2.1 国家\n丙。\n2 组织\n2.1 机构\n丁。\n"
    assert paths(text) == ["", "1", "1.1", "1.2", "1.2.1", "2", "2.1"]
    assert node(text, "1.2.1").citation == "1.2.1"


def test_text_after_a_list_is_a_new_paragraph() -> None:
    text = "第一条 有下列情形的：\n（一）甲；\n（二）乙。\n前款规定的人员除外。\n第二条 丙。\n"
    assert node(text, "第一条/第二款").text(text) == "前款规定的人员除外。\n"


def test_an_unnumbered_line_between_two_items_belongs_to_the_first() -> None:
    text = "第一条 有下列情形的：\n（一）甲。\n其中应当注明。\n（二）乙。\n第二条 丙。\n"
    assert paths(text) == ["", "第一条", "第一条/（一）", "第一条/（二）", "第二条"]


def test_annexes_start_their_numbers_anew() -> None:
    text = "第一条 甲。\n第二条 乙。\n附件1\n材料清单\n第一条 丙。\n附件2：收费标准\n一、丁。\n二、戊。\n"
    assert paths(text) == ["", "第一条", "第二条", "附件1", "附件1/第一条", "附件2", "附件2/一、", "附件2/二、"]
    assert node(text, "附件1/第一条").citation == "附件1第一条"
    assert node(text, "附件1").title == "材料清单"


def test_the_list_of_annexes_above_the_signature_is_no_annex() -> None:
    text = "一、甲。\n二、乙。\n附件：1.申请表\n2.承诺书\n示范市民政局\n2024年3月1日\n附件1\n申请表\n姓名\n"
    assert paths(text) == ["", "一、", "二、", "附件清单", "落款", "附件1"]


def test_rules_printed_inside_a_notice_stand_below_their_own_title() -> None:
    text = (
        "关于印发居住证办法的通知\n各区：\n现印发给你们，请执行。\n示范市人民政府\n2024年3月1日\n示范市居住证管理办法\n"
        "第一条 甲。\n第二条 乙。\n"
    )
    assert paths(text) == ["", "落款", "示范市居住证管理办法", "第一条", "第二条"]


def test_the_articles_of_two_inner_texts_are_told_apart() -> None:
    text = "关于印发两个规定的通知\n现印发，请执行。\n示范市政府\n2024年3月1日\n居住证规定\n第一条 甲。\n身份证管理规定\n第一条 乙。\n"
    assert articles(text) == ["居住证规定/第一条", "身份证管理规定/第一条"]
    assert node(text, "身份证管理规定/第一条").citation == "《身份证管理规定》第一条"


def test_a_number_met_again_gets_a_suffix() -> None:
    assert articles("第三条 甲。\n\n第三条 乙。\n\n第三条 丙。\n") == ["第三条", "第三条~2", "第三条~3"]


def test_headings_between_articles_are_no_items() -> None:
    text = "一、管辖\n第一条 甲。\n第二条 乙。\n二、回避\n第三条 丙。\n"
    assert paths(text) == ["", "一、", "第一条", "第二条", "二、", "第三条"]


def test_a_quoted_list_of_another_law_is_not_part_of_the_outline() -> None:
    text = "一、依据。《身份证法》规定：“有下列情形：（一）登记；（二）办理。”\n二、要求。丙。\n"
    assert paths(text) == ["", "一、", "二、"]


def test_wrapped_text_begins_paragraphs_only_at_indents() -> None:
    wide = "公民应当依照本办法的规定向居住地公安派出所提出申请并且如实填写有关的表格"
    text = f"     第一条 {wide}\n{wide}。\n{wide}\n{wide}。\n     {wide}。\n     第二条 {wide}\n{wide}。\n{wide}\n{wide}。\n"
    assert paths(text) == ["", "第一条", "第一条/第一款", "第一条/第二款", "第二条"]


def test_a_table_row_is_no_paragraph() -> None:
    assert paths("第一条 收费如下。\n| 项目 | 金额 |\n| 工本费 | 二十元 |\n第二条 乙。\n") == ["", "第一条", "第二条"]


@pytest.mark.parametrize("text", ["", "\n\n", "没有编号的一段话。", "第", "（", "# ", "附件", "目录"])
def test_text_without_numbers_is_one_node(text: str) -> None:
    outline = parse_outline(text)
    assert outline.level is ProvisionLevel.DOCUMENT
    assert outline.text(text) == text


def test_a_page_number_in_wrapped_text_hides_no_heading() -> None:
    wide = "智能检测装备作为智能制造的核心装备是稳定生产运行和保障产品质量的基础"
    text = f"一、总体要求\n{wide}\n{wide}\n推广应用。\n12\n二、行动目标\n{wide}\n{wide}\n建\n设。\n三、要求\n{wide}\n{wide}\n好。\n"
    assert paths(text) == ["", "一、", "二、", "三、"]


def test_the_wrapped_rest_of_a_list_of_references_is_no_heading() -> None:
    wide = "政策文件依据是公安部户口居民身份证管理工作规范第二章第四节和第三十"
    text = f"一、依据\n{wide}\n一、三十二、三十三条。\n二、要求\n{wide}\n{wide}\n二、三十四条的规定办理。\n{wide}\n好。\n三、附则\n甲。\n"
    assert paths(text) == ["", "一、", "二、", "三、"]
