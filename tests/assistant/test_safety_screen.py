"""What is stopped before it is answered, with the right words, and what must pass."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer_status import AnswerStatus
from assistant.models import Answer, BlockKind, ScreenedQuestion
from assistant.safety_rules import load_safety_rules
from assistant.steps.safety_screen import SafetyScreen
from assistant.wording import load_wording

RULES, WORDING = load_safety_rules(), load_wording()
SCREEN = SafetyScreen(RULES, WORDING)


def screened(text: str) -> ScreenedQuestion | Answer:
    return SCREEN.screen(ScreenedQuestion(text, "c1", "990100", date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC)))


def status_of(text: str) -> AnswerStatus | None:
    result = screened(text)
    return result.status if isinstance(result, Answer) else None


def emergency_in(text: str) -> str | None:
    """The key of the emergency reply that the text meets."""
    result = screened(text)
    if not isinstance(result, Answer) or result.status is not AnswerStatus.EMERGENCY:
        return None
    return next(
        rule.key for rule in RULES.emergencies.rules if WORDING.reply(AnswerStatus.EMERGENCY, rule.key) == tuple(result.text.split("\n"))
    )


@pytest.mark.parametrize("text", ["", "  \n\t ", "\u200b\u202e\x00\x07"])
def test_an_empty_question_is_named_so(text: str) -> None:
    assert status_of(text) is AnswerStatus.EMPTY_QUESTION


def test_length_is_counted_in_characters_and_the_limit_is_told() -> None:
    question = "居住证怎么办理" * 200
    assert status_of(question[:1000]) is None
    answer = screened(question)
    assert isinstance(answer, Answer)
    assert answer.status is AnswerStatus.TOO_LONG
    assert "1400" in answer.text
    assert "1000" in answer.text


def test_ten_thousand_characters_are_refused() -> None:
    assert status_of("居" * 10_000) is AnswerStatus.TOO_LONG


@pytest.mark.parametrize(
    "text",
    [
        "😀😀😀",
        "？？？！！",
        "……",
        "啊啊啊啊啊",
        "asdfghjkl",
        "qwertyuiop",
        "13579",
        "【手机号】",
        "锟斤拷锟斤拷",
        "\ufffd\ufffd\ufffd\ufffd",
        "111 222",
    ],
)
def test_what_nobody_can_read_is_named_so(text: str) -> None:
    assert status_of(text) is AnswerStatus.UNREADABLE_QUESTION


@pytest.mark.parametrize(
    "text",
    [
        "社保",
        "低保？",
        "ETC怎么办",
        "How to get a residence permit",
        "😀居住证怎么办😀",
        "我的电话【手机号】，居住证办好了吗",
        "1寸照片要几张",
    ],
)
def test_short_and_mixed_questions_pass(text: str) -> None:
    assert status_of(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("家里着火了！", "fire"),
        ("着火了怎么办", "fire"),
        ("楼下现在正冒浓烟", "fire"),
        ("我们被困在电梯里", "fire"),
        ("闻到很浓的煤气味", "fire"),
        ("有人正在打人", "police"),
        ("救命啊", "police"),
        ("老公正在打我，怎么申请保护令", "police"),
        ("外面有人拿着刀砍人", "police"),
        ("我孩子走丢了", "police"),
        ("刚刚被骗了两万块", "police"),
        ("有人受伤了快来", "medical"),
        ("老人突然晕倒了怎么办", "medical"),
        ("孩子误食老鼠药", "medical"),
        ("他没有呼吸了", "medical"),
        ("我想自杀", "mental"),
        ("真的不想活了", "mental"),
        ("我不想活了，低保被停了怎么申请", "mental"),
        ("有人要跳楼", "mental"),
        ("小孩掉河里了", "medical"),
        ("老伴昏过去了叫不醒", "medical"),
        ("有人在小区打群架", "police"),
        ("我被关在屋里他们不让我走", "police"),
        ("刚刚出车祸了", "traffic"),
        ("货车翻了压到人了", "traffic"),
        ("门口路上有人被车撞倒了", "traffic"),
    ],
)
def test_emergencies_are_met_with_the_number_that_fits(text: str, key: str) -> None:
    assert emergency_in(text) == key


@pytest.mark.parametrize(
    "text",
    [
        "火灾应急预案在哪查",
        "消防验收怎么办",
        "家暴告诫书怎么申请",
        "遭遇家暴可以申请什么保护",
        "发生火灾后保险怎么赔",
        "我家去年着火了，房产证烧了怎么补",
        "交通事故责任认定多久出结果",
        "工地受伤怎么认定工伤",
        "打人会被拘留几天",
        "救命钱什么时候发",
        "预防溺水宣传什么时候开展",
        "燃气管道改造补贴",
        "户口本丢了怎么办",
        "身份证被偷了怎么补办",
        "如果发生交通事故该找谁处理",
        "自杀干预热线的规定",
        "无偿献血的规定",
        "想死心塌地留在示范市工作，怎么落户",
        "正在打疫苗的孩子能入园吗",
        "医疗急救证怎么考",
        "电梯困人的责任由谁承担",
        "消防通道被堵怎么投诉",
        "高血压中风后残疾证怎么办",
        "被狗咬了疫苗能报销吗",
        "跳楼价卖房要交税吗",
        "我父亲在工地受伤了老板不给钱怎么办",
    ],
)
def test_questions_about_rules_are_no_emergencies(text: str) -> None:
    assert status_of(text) is None


def test_a_long_story_is_an_emergency_only_where_it_happens_now() -> None:
    story = "我是明德区的居民，小区的电动车一直停在楼道里，物业从来不管，大家都很担心。" * 4
    assert emergency_in(story + "上个月楼里有人受伤，车祸了，着火了。") is None
    assert emergency_in(story + "现在楼道正在冒浓烟。") == "fire"


def test_an_emergency_is_found_in_a_question_that_is_too_long() -> None:
    assert emergency_in("社保的事一直没有办下来。" * 100 + "我现在不想活了。") == "mental"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("你好", "您好"),
        ("您好，在吗？", "您好"),
        ("hello", "您好"),
        ("早上好", "您好"),
        ("谢谢！", "不客气"),
        ("好的，谢谢你的帮助", "不客气"),
        ("再见", "再见"),
        ("谢谢，再见", "再见"),
    ],
)
def test_a_greeting_alone_is_returned(text: str, line: str) -> None:
    answer = screened(text)
    assert isinstance(answer, Answer)
    assert answer.status is (AnswerStatus.THANKS if line == "不客气" else AnswerStatus.GREETING)
    assert answer.text.startswith(line)


@pytest.mark.parametrize("text", ["你好，居住证怎么办", "谢谢，那要多少钱？", "请问早餐店办证要什么", "再见之前想问低保标准"])
def test_a_greeting_before_a_question_does_not_stop_it(text: str) -> None:
    assert status_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "我要转人工！",
        "帮我接一下人工客服",
        "人工服务",
        "我想找个真人说话",
        "能不能让工作人员接，我要和工作人员通话",
        "转人工，社保断缴了怎么办",
    ],
)
def test_asking_for_a_person_offers_one(text: str) -> None:
    answer = screened(text)
    assert isinstance(answer, Answer)
    assert answer.status is AnswerStatus.HANDOFF_REQUESTED
    assert answer.offers_person


@pytest.mark.parametrize(
    "text", ["人工智能产业补贴怎么申请", "12345人工服务时间是几点", "人工授精能报销吗", "有人工成本补贴吗", "人工流产假几天"]
)
def test_other_uses_of_the_word_do_not_call_a_person(text: str) -> None:
    assert status_of(text) is None


def test_control_characters_go_and_everything_else_of_the_question_stays() -> None:
    asked = ScreenedQuestion("居住证\x00怎么\u200b办\u202e？\n要带什么", "c1", "990100", date(2026, 1, 2), datetime(2026, 1, 2, tzinfo=UTC))
    result = SCREEN.screen(asked)
    assert isinstance(result, ScreenedQuestion)
    assert result.text == "居住证怎么办？\n要带什么"
    assert (result.conversation_id, result.jurisdiction, result.as_of, result.asked_at) == ("c1", "990100", asked.as_of, asked.asked_at)


@pytest.mark.parametrize("rule", RULES.emergencies.rules, ids=lambda rule: rule.key)
def test_every_emergency_has_words_of_its_own_with_a_number_to_call(rule: object) -> None:
    answer = WORDING.answer(AnswerStatus.EMERGENCY, rule.key)  # type: ignore[attr-defined]
    assert any(number in answer.text for number in ("110", "119", "120", "12356"))
    assert answer.next_steps
    assert answer.offers_person
    assert [block.kind for block in answer.blocks] == [BlockKind.WORDING]


@given(st.text(max_size=300))
def test_any_text_is_passed_on_or_stopped_by_name(text: str) -> None:
    result = screened(text)
    if isinstance(result, Answer):
        assert result.text
    else:
        assert result.text == result.text.strip()


@pytest.mark.public_data
def test_citizens_real_messages_are_hardly_ever_taken_for_emergencies(public_data: Path) -> None:
    """Complaints of past years: none of them happens now. Two in a thousand may be mistaken."""
    lines = (public_data / "routing" / "messages.silver.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [text for line in lines for text in (json.loads(line)["title"], json.loads(line)["text"])]
    mistaken = [text for text in texts if emergency_in(text)]
    assert len(mistaken) <= len(texts) / 500, mistaken


@pytest.mark.public_data
@pytest.mark.parametrize("folder", ["ncp", "stard", "jianwu_faq"])
def test_questions_about_law_and_policy_pass(public_data: Path, folder: str) -> None:
    lines = (public_data / folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    stopped = [text for text in texts if status_of(text) is not None]
    assert len(stopped) <= len(texts) / 500, stopped
