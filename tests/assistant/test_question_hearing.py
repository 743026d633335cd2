"""A question is heard as it was meant, with the vocabulary, the dictionary and the tables that ship."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from assistant.adapters.characters.pinyin_sounds import PinyinSounds
from assistant.adapters.characters.simplified_script import OpenCcScript
from assistant.hearing_rules import load_hearing_rules
from assistant.known_names import NamesBySound
from assistant.models import ScreenedQuestion
from assistant.rules import load_rules
from assistant.spoken_words import load_spoken_words
from assistant.steps.question_focus import QuestionFocus
from assistant.steps.question_hearing import QuestionHearing
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.vocabulary import load_vocabulary
from tests.factories import a_guide
from tests.fakes.entry_stores import MemoryGuideStore

ROOT = Path(__file__).parents[2]
VOCABULARY = ROOT / "indexing" / "policy_vocabulary.yaml"


@cache
def tokenizer() -> JiebaTokenizer:
    return JiebaTokenizer(load_vocabulary(VOCABULARY))


@cache
def hearing() -> QuestionHearing:
    names = NamesBySound(PinyinSounds(), load_hearing_rules().sounds)
    return QuestionHearing(tokenizer(), MemoryGuideStore([a_guide()]), load_rules(), load_spoken_words(), OpenCcScript(), names)


@cache
def focus() -> QuestionFocus:
    return QuestionFocus(tokenizer(), load_rules(), load_hearing_rules().focus)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("居柱证丢了", "居住证丢了"),
        ("局主证怎么办", "居住证怎么办"),
        ("公组房申请", "公租房申请"),
        ("一地就医备案", "异地就医备案"),
        ("底保和低宝", "低保和低保"),
        ("社宝卡补办", "社保卡补办"),
        ("带什么才料", "带什么材料"),
    ],
)
def test_a_misspelt_name_is_heard_as_it_is_written(written: str, meant: str) -> None:
    assert hearing().heard(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "想起来津贴的事",  # 的事 sounds like 的士
        "新购商品住房补贴",  # 租房补贴 is another matter, and 住房补贴 two known words
        "失业登记依据的是哪部法律",
        "买首套房的契税",  # 讨饭的 only sounds similar
        "给我一百三十元",
        "张居正在明朝做了什么",
    ],
)
def test_what_is_a_word_already_stays(written: str) -> None:
    assert hearing().heard(written) == written


def test_traditional_characters_and_dialect_become_the_standard_language() -> None:
    assert hearing().heard("喺邊度補領身份證？？？") == "在哪里补领身份证？"


def test_without_script_and_sounds_words_alone_are_heard() -> None:
    bare = QuestionHearing(tokenizer(), MemoryGuideStore([]), load_rules(), load_spoken_words())
    assert bare.heard("啥时候领居柱证") == "什么时候领居柱证"


def test_the_question_keeps_what_it_was_screened_with() -> None:
    moment = datetime(2026, 11, 22, 4, tzinfo=UTC)
    question = ScreenedQuestion("啥时候", "c", "990100", date(2026, 11, 22), moment)
    assert hearing().hear(question) == ScreenedQuestion("什么时候", "c", "990100", date(2026, 11, 22), moment)


@pytest.mark.parametrize(("word", "standard"), sorted(load_spoken_words().words.items()))
def test_every_word_of_the_table_is_replaced(word: str, standard: str) -> None:
    assert load_spoken_words().standard(word) == standard


def test_sounds_that_people_do_not_tell_apart_count_as_one() -> None:
    rules = load_hearing_rules().sounds
    for spoken, heard in rules.initials.items():
        assert rules.blurred(f"{spoken}u") == f"{heard}u"
    for spoken, heard in rules.finals.items():
        assert rules.blurred(f"b{spoken}") == f"b{heard}"


def test_small_talk_is_not_heard_as_a_matter() -> None:
    lines = (ROOT / "evaluation" / "golden" / "out_of_scope.jsonl").read_text(encoding="utf-8").splitlines()
    talk = [json.loads(line)["text"] for line in lines if line]
    assert [text for text in talk if hearing().heard(text) != load_spoken_words().standard(text)] == []


STORY = (
    "我女儿下个月要高考，翻遍了家里的柜子，连洗衣机都掏了。邻居说她家也这样。昨天收拾书包才发现身份证不见了，急得一晚上没睡好。"
    "学校天天催，她爸在外地回不来。有没有快一点的办法？"
)


def test_of_a_story_the_question_and_its_matter_are_searched_for() -> None:
    asking = focus().asking(STORY)
    assert "身份证" in asking
    assert "有没有快一点的办法" in asking
    assert "洗衣机" not in asking
    assert len(asking) <= load_hearing_rules().focus.max_characters


def test_a_short_question_is_searched_whole() -> None:
    assert focus().asking("居住证怎么办理？") == ""


def test_a_long_message_that_asks_nothing_is_searched_whole() -> None:
    assert focus().asking("楼下的大爷今天很高兴，昨天也很高兴。" * 4) == ""


@pytest.mark.parametrize("word", load_hearing_rules().focus.asks)
def test_every_asking_word_marks_a_stretch(word: str) -> None:
    assert word in focus().asking(f"{'天气很好，' * 9}{word}，{'天气很好，' * 3}。天气很好。")
