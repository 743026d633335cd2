"""Refusals counted on a whole assistant: what searches, what does not, and what is not kept."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.certain_intents import CertainIntents
from assistant.intent_recogniser import RuleIntentRecogniser
from assistant.safety_rules import load_safety_rules
from evaluation.errors import DatasetUnreadable
from evaluation.evaluate_intents import EMERGENCIES_FILE, evaluate_emergencies
from evaluation.evaluate_refusal import OUT_OF_SCOPE_FILE, Message, RefusalCounter, evaluate_refusal, load_messages
from knowledge_base.ports import silent
from tests.assistant.in_memory import Counter, a_counter

BY_RULES = RuleIntentRecogniser(CertainIntents(load_safety_rules()))


def a_refusal_counter(counter: Counter) -> RefusalCounter:
    return RefusalCounter(counter.assistant, BY_RULES, date(2026, 11, 22))


def test_an_answer_without_a_search_is_a_refusal_by_its_status() -> None:
    counter = a_refusal_counter(a_counter())
    assert counter.refused_as("您好") == "greeting"
    assert counter.refused_as("居住证要带什么材料") == ""


def test_nothing_asked_for_measuring_is_kept() -> None:
    counter = a_counter()
    a_refusal_counter(counter).refused_as("居住证要带什么材料")
    assert counter.conversations.records_of("c") == ()
    assert not counter.conversations.last_turns("c")


def test_shares_are_of_all_messages_and_of_each_domain() -> None:
    refusals = a_refusal_counter(a_counter())
    talk = (Message("您好", "问候"), Message("谢谢", "问候"), Message("公积金怎么取", "办事"))
    result = evaluate_refusal(refusals, refusals, talk, {"应答": (Message("居住证怎么办"), Message("您好"))}, silent)
    assert (result["out_of_scope"], result["refused_without_search"]) == (3, 0.6667)
    assert result["by_domain"] == {"办事": 0.0, "问候": 1.0}
    assert (result["in_scope"], result["in_scope_refused"]) == (2, 0.5)
    assert result["sets"]["应答"]["refused_as"] == {"greeting": 1}


def test_messages_are_read_with_title_and_text(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(json.dumps({"title": "路灯", "text": "不亮", "domain": "市政"}, ensure_ascii=False) + "\n\n", encoding="utf-8")
    assert load_messages(path) == (Message("路灯。不亮", "市政"),)


@pytest.mark.parametrize("content", ["{", '{"label": "x"}\n'])
def test_an_unreadable_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetUnreadable, match=r"m\.jsonl"):
        load_messages(path)


def test_the_golden_messages_are_all_read_and_none_is_learned_from() -> None:
    from assistant.intent_examples import EXAMPLES_FOLDER, LabelFamily, load_examples, sameness

    learned = {sameness(example.text) for family in LabelFamily for example in load_examples(family, EXAMPLES_FOLDER)}
    golden = [message.text for path in (OUT_OF_SCOPE_FILE, EMERGENCIES_FILE) for message in load_messages(path)]
    assert len(golden) > 100
    assert not [text for text in golden if sameness(text) in learned]


def test_rules_alone_find_some_emergencies_nobody_learned_from() -> None:
    found = evaluate_emergencies(BY_RULES)
    assert 0.2 < found["found"] < 1
    assert found["false_alarms"] < 0.2
