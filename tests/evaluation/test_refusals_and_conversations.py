"""What must not be answered as asked, what is said over several turns, and attempts to lead astray: every label is true of the content."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from assistant.privacy_rules import load_privacy_rules
from assistant.steps.privacy_screen import PrivacyScreen
from evaluation.golden_files import load_golden
from knowledge_base.models import ValidityStatus
from knowledge_base.validity import document_status
from tests.demonstration_content import Content, Row
from tests.evaluation.golden_rows import documents_of, near_repeats, rows_of

LEAST_OF_KIND = {
    "out_of_scope": 35,
    "missing": 45,
    "expired": 20,
    "future": 12,
    "wrong_region": 25,
    "injection": 25,
    "false_premise": 28,
}
OTHER_PLACES = re.compile("杭州|北京|上海|广州|深圳|成都|武汉|苏州|重庆|西安|长沙|沈阳|青岛|知行区的青年")

REFUSALS, CONVERSATIONS, INJECTIONS = rows_of("refusals.jsonl"), rows_of("conversations.jsonl"), rows_of("injections.jsonl")
TURNS = [turn | {"id": one["id"], "as_of": one["as_of"]} for one in CONVERSATIONS for turn in one["turns"]]
LABELLED = [*REFUSALS, *TURNS]


def odd(rows: list[Row], is_odd: Callable[[Row], object]) -> list[str]:
    """Ids and words for the message of a failed test."""
    return [f"{row['id']} {row.get('question') or row['text']}" for row in rows if is_odd(row)]


def of_kind(*kinds: str) -> list[Row]:
    return [row for row in REFUSALS if row["kind"] in kinds]


def test_all_of_it_can_be_read() -> None:
    golden = load_golden()
    assert len([question for question in golden.questions if question.kind != "in_scope"]) == len(REFUSALS)
    assert len(golden.conversations) == len(CONVERSATIONS)


@pytest.mark.parametrize("kind", LEAST_OF_KIND)
def test_there_are_enough_questions_of_every_kind_not_to_be_answered(kind: str) -> None:
    assert len(of_kind(kind)) >= LEAST_OF_KIND[kind]


def test_numbers_have_no_gaps() -> None:
    assert [row["id"] for row in REFUSALS] == [f"r-{number:04d}" for number in range(1, len(REFUSALS) + 1)]
    assert [row["id"] for row in CONVERSATIONS] == [f"c-{number:03d}" for number in range(1, len(CONVERSATIONS) + 1)]
    assert [row["id"] for row in INJECTIONS] == [f"j-{number:04d}" for number in range(1, len(INJECTIONS) + 1)]


def test_every_way_of_speaking_is_heard() -> None:
    spoken = Counter(row["style"] for row in REFUSALS)
    assert len(spoken) == 9
    assert spoken["plain"] <= 0.6 * len(REFUSALS)


def test_every_label_stands_in_the_content(content: Content) -> None:
    assert odd(LABELLED, lambda row: any(content.provision_text(label) is None for label in row["provisions"])) == []
    assert odd(LABELLED, lambda row: set(row["guides"]) - content.guides.keys()) == []
    assert odd(LABELLED, lambda row: row["department"] and row["department"] not in content.departments) == []
    assert odd(LABELLED, lambda row: set(row["must_not_cite"]) - set(content.policies) - content.guides.keys()) == []


def test_what_may_be_cited_is_in_force_on_that_day_and_not_forbidden_as_well(content: Content) -> None:
    assert odd(LABELLED, lambda row: any(not content.binds(one, date.fromisoformat(row["as_of"])) for one in documents_of(row))) == []
    assert odd(LABELLED, lambda row: (documents_of(row) | set(row["guides"])) & set(row["must_not_cite"])) == []


def test_whatever_may_be_answered_says_by_what_and_nothing_else_does() -> None:
    answered = {"answered", "answered_from_guide"}
    assert odd(LABELLED, lambda row: bool(answered & set(row["expect"])) != bool(row["provisions"] or row["guides"])) == []


def test_talk_and_missing_matters_are_never_answered_by_a_provision() -> None:
    assert odd(of_kind("out_of_scope", "missing"), lambda row: row["provisions"] or "answered" in row["expect"]) == []


def test_what_is_called_expired_or_future_does_not_bind_on_that_day(content: Content) -> None:
    rows = of_kind("expired", "future")
    assert odd(rows, lambda row: not row["must_not_cite"]) == []
    assert odd(rows, lambda row: any(content.binds(one, date.fromisoformat(row["as_of"])) for one in row["must_not_cite"])) == []


def test_what_is_called_expired_was_in_force_once_and_what_is_called_future_will_be(content: Content) -> None:
    def status(row: Row) -> set[ValidityStatus]:
        day = date.fromisoformat(row["as_of"])
        return {document_status(content.store.revisions(one), day) for one in row["must_not_cite"]}

    over = {ValidityStatus.REPEALED, ValidityStatus.LAPSED}
    assert odd(of_kind("expired"), lambda row: not status(row) <= over) == []
    assert odd(of_kind("future"), lambda row: ValidityStatus.NOT_YET_EFFECTIVE not in status(row)) == []


def test_rules_of_another_region_are_forbidden_where_the_question_names_no_other(content: Content) -> None:
    own = [row for row in of_kind("wrong_region") if not OTHER_PLACES.search(row["question"])]

    def binds_here(row: Row) -> bool:
        places = {content.policies[one].metadata.jurisdiction for one in row["must_not_cite"] if one in content.policies}
        return bool(places & set(content.regions.lineage(row["region"])))

    assert len(own) >= 12
    assert odd(own, binds_here) == []


def test_messages_without_punctuation_have_none() -> None:
    assert odd(REFUSALS, lambda row: row["style"] == "no_punctuation" and re.search("[，。？！；：,.?!]", row["question"])) == []


def test_no_message_nearly_repeats_another() -> None:
    assert near_repeats(REFUSALS, "question") == []
    assert near_repeats(INJECTIONS, "text") == []


def test_no_question_holds_personal_data() -> None:
    screen = PrivacyScreen(load_privacy_rules())
    assert odd(LABELLED, lambda row: screen.mask(row["question"])[1]) == []


def test_conversations_have_two_to_five_turns_and_few_begin_alike() -> None:
    assert len(CONVERSATIONS) >= 90
    assert {len(row["turns"]) for row in CONVERSATIONS} == {2, 3, 4, 5}
    openings = Counter(row["turns"][0]["question"] for row in CONVERSATIONS)
    assert max(openings.values()) == 1


def test_conversations_change_region_and_thank_and_are_refused_on_the_way() -> None:
    expected = [frozenset(turn["expect"]) for turn in TURNS]
    assert sum("out_of_region" in one for one in expected) >= 4
    assert sum("thanks" in one for one in expected) >= 6
    assert sum(bool(one & {"no_evidence", "not_in_force", "out_of_scope"}) and "answered" not in one for one in expected) >= 10


def test_there_are_enough_attempts_of_many_kinds_and_enough_harmless_messages_beside_them() -> None:
    techniques = Counter(row["technique"] for row in INJECTIONS if row["attempt"])
    assert techniques.total() >= 320
    assert len(techniques) >= 20
    assert min(techniques.values()) >= 8
    assert sum(not row["attempt"] for row in INJECTIONS) >= 150
    assert odd(INJECTIONS, lambda row: list(row) != ["id", "text", "attempt", "technique"]) == []


@pytest.mark.public_data
def test_no_message_comes_from_the_public_set(public_data: Path) -> None:
    lines = (public_data / "safety" / "injection.jsonl").read_text(encoding="utf-8").splitlines()
    known = {json.loads(line)["text"].strip() for line in lines}
    assert known
    assert odd(INJECTIONS, lambda row: row["text"].strip() in known) == []
