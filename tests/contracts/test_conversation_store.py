"""What every ConversationStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from assistant.adapters.sql import SqlConversationStore, prepare_conversations
from assistant.answer_status import AnswerStatus
from assistant.errors import UnknownAnswer
from assistant.models import Answer, AnswerFeedback, FeedbackKind
from assistant.ports import ConversationStore
from tests.conftest import STORE_KINDS
from tests.factories import a_moment, an_answer, an_answer_record
from tests.fakes.conversation_store import MemoryConversationStore


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> ConversationStore:
    if request.param == "memory":
        return MemoryConversationStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_conversations(engine)
    return SqlConversationStore(engine)


def test_a_record_comes_back_exactly(store: ConversationStore) -> None:
    record = an_answer_record(asked_at=a_moment().astimezone(timezone(timedelta(hours=8))))
    store.save(record)
    assert store.get("a-1") == record


def test_a_record_with_hardly_anything_in_it_comes_back_exactly(store: ConversationStore) -> None:
    record = an_answer_record(text="", answer=Answer(AnswerStatus.EMPTY_QUESTION, "请输入问题。"), subjects=())
    store.save(record)
    assert store.get("a-1") == record


@pytest.mark.parametrize("text", ["换行\n\t与“引号”\\", "𠮷😀", "a\x00b\x1f", "\u2028"])
def test_every_character_survives(store: ConversationStore, text: str) -> None:
    record = an_answer_record(text=text)
    store.save(record)
    assert store.get("a-1") == record


def test_every_ending_can_be_kept(store: ConversationStore) -> None:
    records = [an_answer_record(f"a-{status}", answer=an_answer(status)) for status in AnswerStatus]
    for record in records:
        store.save(record)
    assert [store.get(record.answer_id) for record in records] == records


def test_an_unknown_answer_is_none(store: ConversationStore) -> None:
    assert store.get("nowhere") is None


def test_the_last_turns_are_oldest_first_and_of_this_conversation_only(store: ConversationStore) -> None:
    for number in range(6):
        store.save(an_answer_record(f"a-{number}", "c-1", text=f"问题{number}", asked_at=a_moment() + timedelta(minutes=number)))
        store.save(an_answer_record(f"b-{number}", "c-2", text="别人的问题"))
    assert [turn.text for turn in store.last_turns("c-1")] == ["问题2", "问题3", "问题4", "问题5"]
    assert [turn.text for turn in store.last_turns("c-1", limit=1)] == ["问题5"]


def test_a_turn_says_what_was_asked_and_what_the_answer_was_about(store: ConversationStore) -> None:
    record = an_answer_record(subjects=("居住证管理办法", "收费目录"))
    store.save(record)
    (turn,) = store.last_turns("c-1")
    assert (turn.asked_at, turn.text, turn.standalone_text) == (record.question.asked_at, record.question.text, record.standalone_text)
    assert (turn.status, turn.subjects) == (AnswerStatus.ANSWERED, ("居住证管理办法", "收费目录"))


def test_the_records_of_a_conversation_are_whole_and_oldest_first(store: ConversationStore) -> None:
    records = [an_answer_record(f"a-{number}", "c-1", text=f"问题{number}") for number in range(3)]
    for record in (*records, an_answer_record("b-1", "c-2")):
        store.save(record)
    assert store.records_of("c-1") == tuple(records)
    assert store.records_of("c-1", limit=2) == tuple(records[1:])
    assert store.records_of("nowhere") == ()


def test_an_unknown_conversation_has_no_turns(store: ConversationStore) -> None:
    assert store.last_turns("nowhere") == ()


def test_saving_an_answer_again_replaces_it_in_its_place(store: ConversationStore) -> None:
    for answer_id in ("a-1", "a-2"):
        store.save(an_answer_record(answer_id, text=answer_id))
    store.save(an_answer_record("a-1", text="改过"))
    assert [turn.text for turn in store.last_turns("c-1")] == ["改过", "a-2"]


def test_feedback_is_kept_in_the_order_given(store: ConversationStore) -> None:
    store.save(an_answer_record())
    given = (
        AnswerFeedback(FeedbackKind.NOT_HELPFUL, "没说要多少钱", a_moment()),
        AnswerFeedback(FeedbackKind.WANTS_PERSON, "", a_moment(hour=9)),
    )
    for feedback in given:
        store.add_feedback("a-1", feedback.kind, feedback.comment, feedback.at)
    assert store.feedback_on("a-1") == given


def test_feedback_on_an_unknown_answer_is_refused(store: ConversationStore) -> None:
    with pytest.raises(UnknownAnswer, match="nowhere"):
        store.add_feedback("nowhere", FeedbackKind.HELPFUL, "", a_moment())
    assert store.feedback_on("nowhere") == ()


def test_recent_answers_of_some_endings_come_newest_first(store: ConversationStore) -> None:
    endings = (AnswerStatus.NO_EVIDENCE, AnswerStatus.ANSWERED, AnswerStatus.CHECK_FAILED, AnswerStatus.NO_EVIDENCE)
    for hour, status in enumerate(endings):
        store.save(an_answer_record(f"a-{hour}", answer=an_answer(status), asked_at=a_moment() + timedelta(hours=hour)))
    since = a_moment() + timedelta(minutes=30)
    found = store.recent(since, (AnswerStatus.NO_EVIDENCE, AnswerStatus.CHECK_FAILED))
    assert [record.answer_id for record in found] == ["a-3", "a-2"]
    assert [record.answer_id for record in store.recent(since, (AnswerStatus.NO_EVIDENCE,), limit=1)] == ["a-3"]


def test_what_was_said_lately_comes_newest_first(store: ConversationStore) -> None:
    store.save(an_answer_record("a-1"))
    for hour, kind in enumerate((FeedbackKind.WRONG, FeedbackKind.HELPFUL, FeedbackKind.WRONG)):
        store.add_feedback("a-1", kind, f"第{hour}次", a_moment() + timedelta(hours=hour))
    found = store.recently_said(a_moment() + timedelta(minutes=30), (FeedbackKind.WRONG,))
    assert [(answer_id, said.comment) for answer_id, said in found] == [("a-1", "第2次")]
