"""Which guide answers a question, and when provisions do."""

from __future__ import annotations

from dataclasses import replace

from assistant.models import CHINA_TIME, AcceptedPassage, Facet, ScreenedQuestion, UnderstoodQuestion
from assistant.rules import load_rules
from assistant.steps.guide_composer import GuideComposer
from assistant.wording import load_wording
from indexing.models import RankedPassage
from indexing.passage_splitter import guide_passage, split_edition
from knowledge_base.validity import editions
from tests.assistant.in_memory import TODAY, TOKENIZER
from tests.factories import DEMO_CITY, a_guide, a_moment, a_revision

COMPOSER = GuideComposer(TOKENIZER, load_wording(), load_rules())
TRANSFER = a_guide("transfer", title="小学转学", phone="0900-8880101")
ENROLMENT = a_guide("enrolment", title="小学一年级报名入学")


def asked(text: str, *facets: Facet) -> UnderstoodQuestion:
    screened = ScreenedQuestion(text, "c", DEMO_CITY, TODAY, a_moment().astimezone(CHINA_TIME))
    return UnderstoodQuestion(text, facets, DEMO_CITY, TODAY, screened)


def a_found_guide(guide: object, score: float) -> AcceptedPassage:
    return AcceptedPassage(RankedPassage(guide_passage(guide), score, 0.9, 10.0), guide=guide)  # type: ignore[arg-type]


def a_found_provision(score: float) -> AcceptedPassage:
    edition = editions([a_revision()])[0]
    return AcceptedPassage(RankedPassage(split_edition(edition)[0], score, 0.9, 10.0), edition=edition)


def test_a_field_asked_for_comes_from_the_guide_found_first_whatever_its_title() -> None:
    first = a_found_guide(TRANSFER, 0.30)
    assert COMPOSER.choose(asked("俺家搬了，娃想换个地方念书，打哪个号", Facet.PHONE), (first, a_found_provision(0.29))) is first


def test_a_guide_far_ahead_answers_a_question_that_names_no_field() -> None:
    first = a_found_guide(TRANSFER, 0.40)
    assert COMPOSER.choose(asked("毕业班的娃还能换个地方念书不"), (first, a_found_provision(0.10))) is first


def test_provisions_as_near_as_the_guide_answer_a_question_that_names_no_field() -> None:
    first = a_found_guide(TRANSFER, 0.30)
    assert COMPOSER.choose(asked("毕业班的娃还能换个地方念书不"), (first, a_found_provision(0.29))) is None


def test_a_guide_far_ahead_answers_before_one_that_shares_more_words() -> None:
    first, other = a_found_guide(TRANSFER, 0.40), a_found_guide(ENROLMENT, 0.20)
    assert COMPOSER.choose(asked("小学报名入学以后还能换吗"), (first, other)) is first


def test_an_everyday_word_fits_a_title_by_what_it_stands_for() -> None:
    guide = a_guide("residence", title="居民身份证补领")
    found = (a_found_provision(0.50), a_found_guide(guide, 0.30))
    assert COMPOSER.choose(asked("身份证补领电话", Facet.PHONE), found) is found[1]


def test_a_guide_without_the_field_asked_for_answers_nothing() -> None:
    first = a_found_guide(replace(TRANSFER, phone=""), 0.40)
    assert COMPOSER.choose(asked("小学转学电话", Facet.PHONE), (first,)) is None
