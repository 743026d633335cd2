"""Every labelled example is loaded; an administrator's own file adds to ours or replaces them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from assistant.errors import InvalidExamples
from assistant.intent_examples import (
    EXAMPLES_FOLDER,
    LabelFamily,
    act_lessons,
    load_examples,
    policy_base_words,
    read_example_file,
    sameness,
    type_lessons,
)
from assistant.intents import ConversationAct, RequestType
from tests.factories import a_department, a_guide


def written(folder: Path, text: str, name: str = "own.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("path", sorted(EXAMPLES_FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_of_examples_is_read_without_repetition(path: Path) -> None:
    file = read_example_file(path)
    assert len({sameness(example.text) for example in file.examples}) == len(file.examples) > 0


def test_every_request_type_has_enough_examples() -> None:
    counted = Counter(example.label for example in load_examples(LabelFamily.REQUEST_TYPES, EXAMPLES_FOLDER))
    assert all(counted[str(kind)] >= 120 for kind in RequestType), counted


def test_every_conversation_act_has_enough_examples() -> None:
    counted = Counter(example.label for example in load_examples(LabelFamily.ACTS, EXAMPLES_FOLDER))
    assert all(counted[str(act)] >= 100 for act in ConversationAct), counted
    assert counted["out_of_scope"] >= 700
    assert counted["emergency"] >= 200


def test_a_text_given_twice_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path / "own", "family: acts\nexamples:\n  thanks: [谢谢你们]\n  greeting: [谢谢你们！]\n")
    with pytest.raises(InvalidExamples, match="谢谢你们"):
        load_examples(LabelFamily.ACTS, folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("family: moods\nexamples: {}\n", "family"),
        ("family: acts\nexamples: {joking: [哈哈]}\n", "joking"),
        ("family: acts\nexamples: {thanks: 谢谢}\n", "列表"),
        ("family: acts\nexamples: {thanks: ['，']}\n", "列表"),
        ("family: [", "YAML"),
        ("- 谢谢", "family"),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_refused_by_name(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InvalidExamples, match=told) as refused:
        load_examples(LabelFamily.ACTS, written(tmp_path / "own", text))
    assert "own.yaml" in str(refused.value)


def test_an_administrators_example_adds_to_ours_and_wins_where_they_disagree(tmp_path: Path) -> None:
    ours = written(tmp_path / "ours", "family: acts\nexamples: {thanks: [收到], greeting: [您好]}\n")
    own = written(tmp_path / "own", "family: acts\nexamples: {greeting: [收到！], handoff: [来个人]}\n")
    labels = {example.text: example.label for example in load_examples(LabelFamily.ACTS, ours, own)}
    assert labels == {"收到！": "greeting", "您好": "greeting", "来个人": "handoff"}


def test_an_administrators_file_can_replace_ours_label_by_label(tmp_path: Path) -> None:
    ours = written(tmp_path / "ours", "family: acts\nexamples: {thanks: [收到, 多谢], greeting: [您好]}\n")
    own = written(tmp_path / "own", "family: acts\nreplace: true\nexamples: {thanks: [有劳]}\n")
    assert {example.text for example in load_examples(LabelFamily.ACTS, ours, own)} == {"您好", "有劳"}


def test_what_the_policy_base_speaks_of_is_in_scope() -> None:
    guide = a_guide(aliases=("办居住证",), usual_questions=("居住证多少钱？",))
    words = policy_base_words([guide], [a_department(matters=("暂住登记",))], ["示范市居住证管理办法"])
    assert set(words) == {"居住证首次申领", "办居住证", "居住证多少钱？", "暂住登记", "示范市居住证管理办法"}
    assert {lesson.label for lesson in act_lessons((), (), words)} == {"matter"}


def test_requests_are_matters_and_usual_questions_are_inquiries() -> None:
    requests = load_examples(LabelFamily.REQUEST_TYPES, EXAMPLES_FOLDER)[:3]
    assert {lesson.label for lesson in act_lessons((), requests, ())} == {"matter"}
    assert type_lessons((), ["居住证多少钱？"])[0].label == "inquiry"
