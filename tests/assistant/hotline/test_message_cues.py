"""Type, title, wish, urgency and confidentiality out of a caller's words."""

from __future__ import annotations

import re

import pytest

from assistant.hotline.message_cues import load_message_cues, sentences
from assistant.hotline.models import Confidentiality, Urgency
from assistant.intents import RequestType

CUES = load_message_cues()
A_CALL = "您好，我叫【姓名】，电话【手机号】。我要投诉幸福路口工地夜间施工，每天夜里两点还在打桩。希望有关部门制止夜间施工。谢谢。"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我要投诉物业", RequestType.COMPLAINT),
        ("投诉一家店", RequestType.COMPLAINT),
        ("我要举报一家饭店用地沟油", RequestType.REPORT),
        ("实名举报某局干部收受贿赂", RequestType.REPORT),
        ("我投诉过物业，现在要举报他们私自收费", RequestType.REPORT),
        ("我要表扬窗口的工作人员", RequestType.PRAISE),
        ("建议在路口设红绿灯", RequestType.SUGGESTION),
        ("救救我们，请求帮助", RequestType.HELP),
        ("投诉电话是多少", None),
        ("举报流程是怎样的", None),
        ("居住证怎么办", None),
    ],
)
def test_what_the_caller_calls_it(text: str, kind: RequestType | None) -> None:
    assert CUES.said_type(text) is kind


def test_the_most_serious_type_wins_in_any_order() -> None:
    assert set(CUES.seriousness) == set(RequestType)
    assert CUES.most_serious([RequestType.INQUIRY, RequestType.COMPLAINT, RequestType.HELP]) is RequestType.COMPLAINT
    assert CUES.most_serious([RequestType.COMPLAINT, RequestType.REPORT]) is RequestType.REPORT
    assert CUES.most_serious([]) is None


def test_where_nothing_is_known_a_question_is_an_inquiry_and_the_rest_a_call_for_help() -> None:
    assert CUES.guessed_type("请问在哪里办") is RequestType.INQUIRY
    assert CUES.guessed_type("水管坏了") is RequestType.HELP


@pytest.mark.parametrize(
    ("text", "urgency"),
    [
        ("楼道里燃气泄漏", Urgency.CRITICAL),
        ("有人困在电梯里出不来了，电梯困人", Urgency.CRITICAL),
        ("小区停水三天了", Urgency.URGENT),
        ("路口红绿灯坏了", Urgency.URGENT),
        ("公司拖欠我们三个月工资", Urgency.URGENT),
        ("居住证怎么办", Urgency.NORMAL),
        ("广场舞太吵", Urgency.NORMAL),
    ],
)
def test_urgency_goes_by_the_words(text: str, urgency: Urgency) -> None:
    assert CUES.urgency(text) is urgency


@pytest.mark.parametrize("text", ["不要透露我的信息", "请不要让他们知道是我说的", "我匿名反映", "请给我保密", "怕被打击报复"])
def test_who_asks_for_it_is_protected(text: str) -> None:
    assert CUES.confidentiality(text, RequestType.COMPLAINT) is Confidentiality.PROTECTED


def test_who_reports_somebody_is_protected_without_asking() -> None:
    assert CUES.confidentiality("饭店用地沟油", RequestType.REPORT) is Confidentiality.PROTECTED
    assert CUES.confidentiality("工地太吵", RequestType.COMPLAINT) is Confidentiality.OPEN


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        (A_CALL, "希望有关部门制止夜间施工。"),
        ("电梯坏了，请尽快维修", "请尽快维修"),
        ("太吵了。要求查处！诉求：赔偿损失。", "要求查处！诉求：赔偿损失。"),
        ("请问居住证怎么办？", "请问居住证怎么办？"),
        ("路灯不亮。", ""),
    ],
)
def test_the_wish_begins_where_something_is_asked_for(text: str, wish: str) -> None:
    assert CUES.wish(text) == wish


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (A_CALL, "幸福路口工地夜间施工，每天夜里两点还在打桩"),
        ("请问居住证怎么办？", "居住证怎么办"),
        ("尊敬的领导：您好！我是阳光花园的业主，小区电梯坏了。", "小区电梯坏了"),
        ("投诉电话是多少", "投诉电话是多少"),
        ("你好", "你好"),
    ],
)
def test_the_title_is_the_first_sentence_that_says_something(text: str, title: str) -> None:
    assert CUES.title(text) == title


def test_a_title_names_the_place_where_there_is_room() -> None:
    assert CUES.title("半夜还在施工，太吵。", "幸福路12号") == "【幸福路12号】半夜还在施工，太吵"
    assert CUES.title("幸福路12号半夜施工。", "幸福路12号") == "幸福路12号半夜施工"
    long = "这家工地每天半夜还在施工影响周围所有居民的休息"
    assert CUES.title(long, "示范市明德区幸福路12号阳光花园") == long


def test_a_long_first_sentence_is_cut_at_a_comma() -> None:
    title = CUES.title("小区东门外的烧烤店每天营业到凌晨三点，油烟直接排到楼上住户的窗户里，投诉多次没有结果。")
    assert title == "小区东门外的烧烤店每天营业到凌晨三点"
    assert len(CUES.title("长" * 80)) == 30


def test_the_content_is_what_was_said_without_greetings_introductions_and_repetitions() -> None:
    assert CUES.content([A_CALL, "你好", "你好！", "路灯也坏了", "路灯也坏了", "谢谢"]) == (
        "您好，我要投诉幸福路口工地夜间施工，每天夜里两点还在打桩。希望有关部门制止夜间施工。\n路灯也坏了"
    )


def test_sentences_keep_every_character_but_blanks_between_them() -> None:
    text = "第一句。第二句！第三句\n第四句；五"
    assert re.sub(r"\s", "", "".join(sentences(text))) == re.sub(r"\s", "", text)


@pytest.mark.parametrize("text", ["我" * 5_000, "您好" * 2_000, "投诉" * 2_000 + "。", "【手机号】" * 1_000])
def test_long_hostile_input_is_read_to_the_end(text: str) -> None:
    assert len(CUES.title(text)) <= 30
    assert len(CUES.wish(text)) <= 200
    assert CUES.said_type(text + "。我要举报他") is not None
