"""What every SurveyStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from dataclasses import replace
from threading import Barrier, Thread

import pytest

from assistant.adapters.sql import SqlSurveyStore, prepare_conversations
from assistant.hotline.models import Satisfaction
from assistant.surveys.errors import AnsweredBefore
from assistant.surveys.models import SurveyResponse, SurveySubject
from assistant.surveys.ports import SurveyStore
from tests.conftest import STORE_KINDS
from tests.factories import a_moment
from tests.fakes.survey_store import MemorySurveyStore


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> SurveyStore:
    if request.param == "memory":
        return MemorySurveyStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlSurveyStore(engine)


def a_response(subject_id: str = "c-1", **fields: object) -> SurveyResponse:
    response = SurveyResponse(
        SurveySubject.CONVERSATION, subject_id, 1, Satisfaction.SATISFIED, "yes", "说得很清楚，“一次”办好。", "990102", a_moment()
    )
    return replace(response, **fields)  # type: ignore[arg-type]


def test_a_response_comes_back_exactly(store: SurveyStore) -> None:
    without_anything = a_response("c-2", grade=None, resolved="", comment="", jurisdiction="")
    for response in (a_response(), without_anything):
        store.add(response)
        assert store.of(SurveySubject.CONVERSATION, response.subject_id) == response


def test_what_nobody_answered_is_none(store: SurveyStore) -> None:
    store.add(a_response("c-1"))
    assert store.of(SurveySubject.ORDER, "c-1") is None
    assert store.of(SurveySubject.CONVERSATION, "c-2") is None


def test_each_subject_is_answered_once_and_the_first_stays(store: SurveyStore) -> None:
    store.add(a_response())
    with pytest.raises(AnsweredBefore):
        store.add(a_response(grade=Satisfaction.DISSATISFIED))
    kept = store.of(SurveySubject.CONVERSATION, "c-1")
    assert kept is not None
    assert kept.grade is Satisfaction.SATISFIED
    store.add(a_response(subject=SurveySubject.HANDOFF))


def test_of_two_at_once_one_is_kept(store: SurveyStore) -> None:
    together, refused = Barrier(4), []

    def send() -> None:
        together.wait()
        try:
            store.add(a_response())
        except AnsweredBefore as error:
            refused.append(error)

    threads = [Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3


def test_comments_come_newest_first_and_only_where_something_was_said(store: SurveyStore) -> None:
    for subject_id, comment in (("c-1", "太慢"), ("c-2", ""), ("c-3", "很好")):
        store.add(a_response(subject_id, comment=comment))
    assert [response.comment for response in store.comments()] == ["很好", "太慢"]
    assert [response.comment for response in store.comments(limit=1)] == ["很好"]
