"""A few words within a conversation: what sounds like talk of other things may be about what went before."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from assistant.certain_intents import CertainIntents
from assistant.intents import ConversationAct, Intent
from assistant.models import ScreenedQuestion
from assistant.safety_rules import load_safety_rules
from assistant.steps.intent_screen import IntentScreen
from assistant.wording import load_wording

RULES = CertainIntents(load_safety_rules())


class HearsTalk:
    """Implements IntentRecogniser: everything is talk of other things."""

    def recognise(self, text: str, *, in_conversation: bool = False) -> Intent:
        return Intent(ConversationAct.OUT_OF_SCOPE, 0.98, True, None, 0.0)


SCREEN = IntentScreen(RULES, load_wording(), HearsTalk())


def act_of(text: str, *, in_conversation: bool) -> ConversationAct:
    question = ScreenedQuestion(text, "c", "990100", date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC))
    return SCREEN.recognise(question, in_conversation=in_conversation).act


@pytest.mark.parametrize("text", ["多少钱", "要不要花钱的", "材料", "流产也有吗", "周日呢", "啥时候报"])
def test_a_few_words_that_ask_follow_up_within_a_conversation(text: str) -> None:
    assert act_of(text, in_conversation=True) is ConversationAct.FOLLOW_UP
    assert act_of(text, in_conversation=False) is ConversationAct.OUT_OF_SCOPE


@pytest.mark.parametrize("text", ["今天天气怎么样", "讲个笑话吧", "你几岁了", "给我家橘猫起个好听又顺口的名字行不行"])
def test_talk_stays_talk_within_a_conversation(text: str) -> None:
    assert act_of(text, in_conversation=True) is ConversationAct.OUT_OF_SCOPE


@pytest.mark.parametrize("text", ["12345晚上八点以后就没有人工接了吧", "人工几点下班"])
def test_a_question_about_the_hotlines_hours_is_no_wish_for_a_person(text: str) -> None:
    assert not RULES.wants_person(text)


@pytest.mark.parametrize("text", ["有人工客服吗", "我要找人工", "叫个真人来说"])
def test_a_wish_for_a_person_is_heard(text: str) -> None:
    assert RULES.wants_person(text)


@pytest.mark.parametrize("text", ["我家有辆小汽车还行不行", "坐在电动车后面的人不用戴头盔吧"])
def test_a_question_of_what_is_allowed_does_not_speak_of_an_emergency(text: str) -> None:
    assert not RULES.speaks_of_now(text)
