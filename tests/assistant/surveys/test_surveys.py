"""Surveys: asked once, only what may be chosen is kept, comments are masked."""

from __future__ import annotations

import pytest

from assistant.hotline.models import Satisfaction
from assistant.surveys.errors import AnsweredBefore, NothingChosen
from assistant.surveys.models import QuestionKind, SurveySubject
from assistant.surveys.questionnaire import load_questionnaire
from assistant.surveys.survey_desk import SurveyDesk
from tests.factories import a_moment
from tests.fakes.survey_store import MemorySurveyStore

CONVERSATION, ORDER = SurveySubject.CONVERSATION, SurveySubject.ORDER


@pytest.fixture
def desk() -> SurveyDesk:
    return SurveyDesk(MemorySurveyStore(), load_questionnaire(), lambda text: text.replace("13800138000", "【手机号】"), a_moment)


def test_the_questionnaire_asks_every_kind_of_service_and_says_everything_in_words() -> None:
    questionnaire = load_questionnaire()
    assert set(questionnaire.asked) == set(questionnaire.labels) == set(SurveySubject)
    assert {"invitation", "hint", "thanks", "again", "nothing"} == set(questionnaire.words)
    for questions in questionnaire.asked.values():
        assert all(question.text and (question.values or question.kind is QuestionKind.TEXT) for question in questions)
    assert questionnaire.version >= 1


def test_what_the_rating_asks_is_not_asked_again() -> None:
    questionnaire = load_questionnaire()
    assert all(
        question.kind is not QuestionKind.GRADE for question in (*questionnaire.asked[ORDER], *questionnaire.asked[SurveySubject.HANDOFF])
    )


def test_an_invitation_stands_until_it_is_answered(desk: SurveyDesk) -> None:
    invitation = desk.invitation(CONVERSATION, "c-1")
    assert invitation is not None
    assert [question.id for question in invitation.questions] == ["grade", "resolved", "comment"]
    desk.answer(CONVERSATION, "c-1", {"grade": "fair"})
    assert desk.invitation(CONVERSATION, "c-1") is None
    assert desk.invitation(CONVERSATION, "c-2") is not None


def test_the_answer_is_kept_masked_with_the_version_asked(desk: SurveyDesk) -> None:
    kept = desk.answer(CONVERSATION, "c-1", {"grade": "satisfied", "resolved": "partly", "comment": " 请回电13800138000 "}, "990102")
    assert (kept.grade, kept.resolved, kept.comment) == (Satisfaction.SATISFIED, "partly", "请回电【手机号】")
    assert (kept.version, kept.jurisdiction, kept.at) == (desk.questionnaire.version, "990102", a_moment())
    assert desk.store.of(CONVERSATION, "c-1") == kept


def test_nobody_answers_twice(desk: SurveyDesk) -> None:
    desk.answer(CONVERSATION, "c-1", {"grade": "fair"})
    with pytest.raises(AnsweredBefore, match="评价过"):
        desk.answer(CONVERSATION, "c-1", {"grade": "satisfied"})


@pytest.mark.parametrize("given", [{}, {"grade": ""}, {"grade": "splendid"}, {"resolved": "yes"}, {"comment": "很好"}])
def test_without_the_required_question_nothing_is_kept(desk: SurveyDesk, given: dict[str, str]) -> None:
    with pytest.raises(NothingChosen, match="选择"):
        desk.answer(CONVERSATION, "c-1", given)
    assert desk.store.of(CONVERSATION, "c-1") is None


def test_what_was_not_asked_is_not_kept(desk: SurveyDesk) -> None:
    kept = desk.answer(ORDER, "GD-1", {"grade": "fair", "resolved": "no", "age": "30"})
    assert (kept.grade, kept.resolved) == (None, "no")


def test_beside_another_form_the_survey_is_optional(desk: SurveyDesk) -> None:
    assert not desk.answer_if_said(ORDER, "GD-1", {"resolved": ""})
    assert desk.answer_if_said(ORDER, "GD-1", {"resolved": "yes"})
    assert not desk.answer_if_said(ORDER, "GD-1", {"resolved": "no"})
