"""The golden questions in scope say only what the demonstration content says: every label exists and binds there on that day."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import jieba
import pytest
import yaml

from assistant.models import Facet
from assistant.privacy_rules import load_privacy_rules
from assistant.steps.privacy_screen import PrivacyScreen
from tests.demonstration_content import DEMONSTRATION, Content, Row, by_id
from tests.evaluation.golden_rows import TOO_LIKE, documents_of, letters, likeness, near_repeats, pairs_of, rows_of

TODAY = date(2026, 11, 22)
CITY, DISTRICTS = "990100", frozenset({"990102", "990103", "990104", "990105"})
FIELDS = ["id", "question", "region", "as_of", "style", "kind", "expect"]
FIELDS += ["provisions", "guides", "department", "facets", "must_not_cite", "note"]
STYLE_SHARES = {
    "plain": 0.20,
    "keywords": 0.08,
    "dialect": 0.12,
    "typo": 0.10,
    "homophone": 0.10,
    "no_punctuation": 0.12,
    "elderly": 0.10,
    "angry": 0.08,
    "story": 0.10,
}
LEAST_ANYWHERE = 0.15
"""Share of questions without a content word of the text that answers them."""
# Words that say how something is asked, not what: in a provision they are there by chance.
ASKING = frozenset(
    re.findall(r"\S+", "怎么 什么 多少 可以 不能 应该 需要 哪里 一个 我们 你们 他们 自己 现在 时候 这个 那个 还是 没有 就是 如果 是否 还要")
)
GUIDE_TEXTS = ("conditions", "required_materials", "process", "time_limit", "fee", "place", "hours")
PUBLIC_FILES = ("*/queries.jsonl", "intents/*.jsonl", "routing/messages*.jsonl", "safety/injection.jsonl")

ROWS = tuple(rows_of("questions.jsonl"))


def odd(is_odd: Callable[[Row], object]) -> list[str]:
    """Ids and questions for the message of a failed test."""
    return [f"{row['id']} {row['question']}" for row in ROWS if is_odd(row)]


def answer_text(content: Content, row: Row) -> str:
    """What the labelled provisions say; the first guide's fields where no provision answers."""
    if row["provisions"]:
        return "".join(content.provision_text(label) or "" for label in row["provisions"])
    guide = content.guides[row["guides"][0]]
    return "".join(str(guide.get(name, "")) for name in GUIDE_TEXTS)


def test_there_are_at_least_620_questions_numbered_without_gaps() -> None:
    assert len(ROWS) >= 620
    assert [row["id"] for row in ROWS] == [f"g-{number:04d}" for number in range(1, len(ROWS) + 1)]


def test_every_line_has_the_agreed_fields_and_is_in_scope() -> None:
    assert odd(lambda row: list(row) != FIELDS) == []
    assert odd(lambda row: row["kind"] != "in_scope" or "answered" not in row["expect"]) == []


def test_every_question_names_what_answers_it() -> None:
    assert odd(lambda row: not row["provisions"] and not row["guides"]) == []


def test_every_provision_stands_in_the_content_under_that_path(content: Content) -> None:
    assert odd(lambda row: any(content.provision_text(label) is None for label in row["provisions"])) == []


def test_every_guide_and_department_is_in_the_content(content: Content) -> None:
    assert odd(lambda row: set(row["guides"]) - set(content.guides)) == []
    assert odd(lambda row: row["department"] and row["department"] not in content.departments) == []


def test_every_facet_has_its_name_and_is_asked_for_somewhere() -> None:
    assert {name for row in ROWS for name in row["facets"]} == {str(facet) for facet in Facet}


def test_what_is_to_be_cited_is_in_force_on_that_day(content: Content) -> None:
    assert odd(lambda row: any(not content.binds(one, date.fromisoformat(row["as_of"])) for one in documents_of(row))) == []


def test_what_is_to_be_cited_binds_in_the_region_of_the_person(content: Content) -> None:
    def elsewhere(row: Row) -> bool:
        places = {content.policies[one].metadata.jurisdiction for one in documents_of(row)}
        places |= {content.guides[one]["jurisdiction"] for one in row["guides"]}
        return bool(places - set(content.regions.lineage(row["region"])))

    assert odd(lambda row: row["region"] and elsewhere(row)) == []


def test_a_person_of_no_region_names_it_in_the_question() -> None:
    assert odd(lambda row: row["region"] is None and not re.search("明德|安和|云栖|知行", row["question"])) == []


def test_what_must_not_be_cited_exists_and_is_not_asked_for_as_well(content: Content) -> None:
    assert odd(lambda row: set(row["must_not_cite"]) - set(content.policies)) == []
    assert odd(lambda row: set(row["must_not_cite"]) & documents_of(row)) == []


def test_a_document_with_an_older_or_newer_version_always_forbids_the_other(content: Content) -> None:
    twins = [("sf-juzhuzheng-2024", "sf-juzhuzheng-2016"), ("sf-gjj-daikuan-2025", "sf-gjj-daikuan-2019")]
    twins += [("sf-chuangye-daikuan-2026", "sf-chuangye-daikuan-2020"), ("sf-yangquan-2018", "sf-yangquan-2027")]
    twins += [("sf-md-dianti-2024", "sf-ah-dianti-2024")]
    for one, other in [*twins, *((new, old) for old, new in twins)]:
        unguarded = [row["id"] for row in ROWS if one in documents_of(row) and other not in row["must_not_cite"]]
        assert unguarded == [], one


def test_every_policy_in_force_and_every_guide_is_asked_about(content: Content) -> None:
    in_force = {one for one in content.policies if content.binds(one, TODAY)}
    asked = Counter(document for row in ROWS for document in documents_of(row))
    assert {one: asked[one] for one in in_force if asked[one] < 8} == {}
    assert set(content.guides) - {guide for row in ROWS for guide in row["guides"]} == set()


def test_the_city_and_every_district_ask_and_some_days_are_past() -> None:
    asked = Counter(row["region"] for row in ROWS)
    assert all(asked[region] >= 100 for region in [CITY, *DISTRICTS])
    assert 20 <= sum(date.fromisoformat(row["as_of"]) < TODAY for row in ROWS) <= 100
    assert max(date.fromisoformat(row["as_of"]) for row in ROWS) == TODAY


@pytest.mark.parametrize("style", STYLE_SHARES)
def test_styles_have_the_promised_shares(style: str) -> None:
    share = sum(row["style"] == style for row in ROWS) / len(ROWS)
    assert share == pytest.approx(STYLE_SHARES[style], abs=0.015)


def test_questions_without_punctuation_have_none_and_stories_are_long() -> None:
    assert odd(lambda row: row["style"] == "no_punctuation" and re.search("[，。？！；：,.?!]", row["question"])) == []
    assert odd(lambda row: row["style"] == "story" and len(row["question"]) < 60) == []


def test_no_question_nearly_repeats_another() -> None:
    assert near_repeats(list(ROWS), "question") == []


def test_no_question_is_one_the_content_already_lists() -> None:
    hot = yaml.safe_load((DEMONSTRATION / "hot_questions.yaml").read_text(encoding="utf-8"))
    listed = {pairs_of(one) for guide in by_id("guides.yaml").values() for one in guide["usual_questions"]} | {pairs_of(one) for one in hot}

    def is_listed(row: Row) -> bool:
        asked = pairs_of(row["question"])
        return any(likeness(asked, one) > TOO_LIKE for one in listed)

    assert odd(is_listed) == []


def test_many_questions_use_no_content_word_of_the_text_that_answers_them(content: Content) -> None:
    words = jieba.Tokenizer()
    words.tmp_dir = None

    def shares_a_word(row: Row) -> bool:
        text = answer_text(content, row)
        said = {word for word in words.cut_for_search(row["question"]) if re.fullmatch(r"[一-鿿]{2,}", word)}
        return any(word in text for word in said - ASKING)

    apart = sum(not shares_a_word(row) for row in ROWS)
    assert apart / len(ROWS) >= LEAST_ANYWHERE


def test_no_question_holds_personal_data() -> None:
    screen = PrivacyScreen(load_privacy_rules())
    assert odd(lambda row: screen.mask(row["question"])[1]) == []


@pytest.mark.public_data
def test_no_question_comes_from_the_public_sets(public_data: Path) -> None:
    known = {letters(text) for pattern in PUBLIC_FILES for path in public_data.glob(pattern) for text in texts_of(path)}
    assert len(known) > 1000
    assert odd(lambda row: letters(row["question"]) in known) == []


def texts_of(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield from (value for value in json.loads(line).values() if isinstance(value, str))
