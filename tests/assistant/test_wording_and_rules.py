"""Every entry of the wording and rules files is loaded and can be used."""

from __future__ import annotations

import re

import pytest

from assistant.answer_status import AnswerStatus
from assistant.models import Facet
from assistant.question_terms import find_facets
from assistant.rules import load_rules
from assistant.wording import load_wording

WORDING, RULES = load_wording(), load_rules()
FACTS = {
    name: f"〈{name}〉"
    for name in (
        "title",
        "region",
        "other_region",
        "ends_on",
        "effective_on",
        "districts",
        "example",
        "length",
        "limit",
        "date",
        "heading",
        "kind",
        "topic",
        "number",
        "question",
        "department",
        "items",
        "other_title",
        "phone",
    )
}


@pytest.mark.parametrize("name", sorted(WORDING.replies))
def test_every_reply_can_be_said(name: str) -> None:
    status, _, key = name.partition(".")
    answer = WORDING.answer(AnswerStatus(status), key, **FACTS)
    assert answer.text.strip()
    assert not re.search(r"[{}]", answer.text + "".join(answer.next_steps))


def test_every_ending_has_its_words() -> None:
    said = {name.partition(".")[0] for name in WORDING.replies}
    assert said == {str(status) for status in AnswerStatus}


def test_every_ending_has_a_label_and_a_colour_for_staff() -> None:
    assert all(status.label and status.colour in {"good", "notice", "warning", "danger"} for status in AnswerStatus)


@pytest.mark.parametrize("facet", list(Facet))
def test_every_facet_has_a_heading_and_ways_of_asking(facet: Facet) -> None:
    assert WORDING.facet_headings[facet]
    assert RULES.facets[facet]
    assert RULES.facet_words[facet]


@pytest.mark.parametrize(("facet", "phrase"), [(facet, phrase) for facet, phrases in RULES.facets.items() for phrase in phrases])
def test_every_phrase_asks_for_its_facet(facet: Facet, phrase: str) -> None:
    assert facet in {found.facet for found in find_facets(f"居住证{phrase}", RULES)}


@pytest.mark.parametrize(("facet", "word"), [(facet, word) for facet, words in RULES.facet_exceptions.items() for word in words])
def test_what_people_receive_or_are_fined_is_not_asked_for_as_a_fee(facet: Facet, word: str) -> None:
    assert facet not in {found.facet for found in find_facets(f"{word}多少钱", RULES)}


def test_every_phrase_of_the_wording_can_be_filled_in() -> None:
    assert all(WORDING.phrase(name, **FACTS) for name in WORDING.phrases)
    assert all(text.format(**FACTS) for text in WORDING.facet_questions.values())
