"""Hand-over from request to rating, over fakes and a clock set by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assistant.errors import UnknownAnswer
from assistant.handoff.errors import HandoffChanged, HandoffClosed, HandoffElsewhere, HandoffTaken, NothingSaid, UnknownHandoff
from assistant.handoff.models import HandoffState, Speaker
from assistant.handoff.order_conversion import SYSTEM
from assistant.hotline.errors import OrderIncomplete
from assistant.hotline.models import Contact, Satisfaction
from tests.assistant.handoff.desks import MONDAY_MORNING, SUNDAY, Scene
from tests.factories import DEMO_CITY
from tests.fakes.order_intake import MemoryIntake


def texts(scene: Scene, handoff_id: str) -> list[str]:
    return [message.text for message in scene.store.messages(handoff_id)]


def test_within_service_hours_the_citizen_waits_in_the_queue() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    assert ticket.handoff.state is HandoffState.WAITING
    assert ticket.order is None
    assert "已为您转人工" in ticket.message
    assert [handoff.reason for handoff in scene.desk.waiting()] == ["没有找到依据"]


def test_outside_service_hours_it_becomes_a_work_order_at_once_and_the_citizen_is_told() -> None:
    scene = Scene(now=SUNDAY)
    ticket = scene.ask_for_a_person()
    assert ticket.handoff.state is HandoffState.BECAME_ORDER
    assert ticket.order is not None
    for words in ("不在人工服务时间", "GD20261122-00001", "2026年11月24日", "4821"):
        assert words in ticket.message
    assert texts(scene, ticket.handoff.id) == [ticket.message]
    draft, _, by = scene.intake.submitted[0]
    assert (draft.origin.handoff_id, draft.origin.conversation_id, by) == (ticket.handoff.id, "c-1", SYSTEM)


def test_where_no_order_can_be_made_the_wish_stays_in_the_queue() -> None:
    scene = Scene(now=SUNDAY, intake=MemoryIntake(missing=["请填写联系电话"]))
    ticket = scene.ask_for_a_person()
    assert ticket.handoff.state is HandoffState.WAITING
    assert "登记诉求" in ticket.message
    assert scene.desk.waiting() == (ticket.handoff,)


def test_asking_again_gives_the_same_hand_over() -> None:
    scene = Scene()
    first = scene.ask_for_a_person()
    again = scene.ask_for_a_person(token=first.token)
    assert again.handoff == first.handoff
    assert len(scene.desk.waiting()) == 1


def test_nobody_else_gets_into_the_conversation_by_asking() -> None:
    scene = Scene()
    scene.ask_for_a_person()
    for token in ("", "guessed"):
        with pytest.raises(HandoffElsewhere):
            scene.ask_for_a_person(token=token)


def test_after_it_ended_a_person_can_be_asked_for_again() -> None:
    scene = Scene()
    first = scene.ask_for_a_person()
    scene.desk.leave(first.handoff.id, first.token)
    assert scene.ask_for_a_person().handoff.id != first.handoff.id


def test_an_answer_of_another_conversation_opens_nothing() -> None:
    scene = Scene()
    scene.ask_for_a_person("c-2")
    with pytest.raises(UnknownAnswer):
        scene.desk.request("c-1", "answer-of-c-2", "市民要求转人工", DEMO_CITY)


def test_only_the_key_opens_a_hand_over_and_only_its_digest_is_kept() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    assert scene.desk.for_citizen(ticket.handoff.id, ticket.token) == ticket.handoff
    assert ticket.token not in repr(ticket.handoff)
    for token in ("", "other", ticket.handoff.token_digest):
        with pytest.raises(UnknownHandoff):
            scene.desk.for_citizen(ticket.handoff.id, token)


def test_one_browser_may_hold_one_key_for_several_hand_overs_without_their_digests_telling() -> None:
    scene = Scene()
    one = scene.ask_for_a_person("c-1")
    other = scene.ask_for_a_person("c-2", one.token)
    assert one.token == other.token
    assert one.handoff.token_digest != other.handoff.token_digest


def test_of_two_operators_one_gets_it_and_the_other_learns_who() -> None:
    scene = Scene()
    handoff = scene.ask_for_a_person().handoff
    scene.desk.claim(handoff.id, handoff.version, "li.si")
    with pytest.raises(HandoffTaken, match=r"li\.si"):
        scene.desk.claim(handoff.id, handoff.version, "wang.wu")
    with pytest.raises(HandoffTaken):
        scene.desk.say_as_operator(handoff.id, "wang.wu", "您好")
    assert scene.desk.get(handoff.id).claimed_by == "li.si"


def test_messages_both_ways_are_masked_before_they_are_kept() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    claimed = scene.desk.claim(ticket.handoff.id, 1, "li.si")
    scene.desk.say_as_citizen(claimed.id, ticket.token, "我的电话13800138000")
    scene.desk.say_as_operator(claimed.id, "li.si", "您的电话是13800138000吗")
    assert "13800138000" not in repr(scene.store.messages(claimed.id))
    assert [message.speaker for message in scene.store.messages(claimed.id)][-2:] == [Speaker.CITIZEN, Speaker.OPERATOR]


@pytest.mark.parametrize("text", ["", "  \n", "长" * 2001])
def test_a_message_needs_words_and_not_too_many(text: str) -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    with pytest.raises(NothingSaid):
        scene.desk.say_as_citizen(ticket.handoff.id, ticket.token, text)


def test_an_operator_speaks_only_after_claiming() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    with pytest.raises(HandoffChanged):
        scene.desk.say_as_operator(ticket.handoff.id, "li.si", "您好")


def test_nothing_is_said_after_the_end() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    claimed = scene.desk.claim(ticket.handoff.id, 1, "li.si")
    scene.desk.close(claimed.id, claimed.version, "li.si")
    with pytest.raises(HandoffClosed):
        scene.desk.say_as_citizen(claimed.id, ticket.token, "还在吗")
    with pytest.raises(HandoffClosed):
        scene.desk.say_as_operator(claimed.id, "li.si", "在的")


def test_a_released_citizen_keeps_the_place_in_the_queue() -> None:
    scene = Scene()
    first = scene.ask_for_a_person("c-1").handoff
    scene.now += timedelta(minutes=1)
    scene.ask_for_a_person("c-2")
    claimed = scene.desk.claim(first.id, first.version, "li.si")
    scene.desk.release(first.id, claimed.version, "li.si")
    assert [handoff.conversation_id for handoff in scene.desk.waiting()] == ["c-1", "c-2"]


def test_the_page_learns_what_it_missed_and_how_many_wait_in_front() -> None:
    scene = Scene()
    scene.ask_for_a_person("c-1")
    scene.now += timedelta(minutes=1)
    ticket = scene.ask_for_a_person("c-2")
    news = scene.desk.news(ticket.handoff.id)
    assert (news.ahead, len(news.messages)) == (1, 1)
    assert scene.desk.news(ticket.handoff.id, after=news.messages[-1].ordinal).messages == ()


def test_satisfaction_is_kept_after_the_end_with_a_masked_comment() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    with pytest.raises(HandoffChanged):
        scene.desk.rate(ticket.handoff.id, ticket.token, Satisfaction.FAIR)
    claimed = scene.desk.claim(ticket.handoff.id, 1, "li.si")
    scene.desk.close(claimed.id, claimed.version, "li.si")
    rated = scene.desk.rate(claimed.id, ticket.token, Satisfaction.SATISFIED, "很快，回电13800138000")
    assert (rated.satisfaction, rated.comment) == (Satisfaction.SATISFIED, "很快，回电【手机号】")


def test_the_operator_makes_a_work_order_of_it_and_the_citizen_learns_the_number() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    claimed = scene.desk.claim(ticket.handoff.id, 1, "li.si")
    scene.desk.say_as_citizen(claimed.id, ticket.token, "路灯不亮")
    draft = scene.desk.draft_order(claimed.id)
    assert "路灯不亮" in draft.content.content
    submitted = scene.desk.to_order(claimed.id, claimed.version, "li.si", draft, Contact(phone="0900-8880199"))
    ended = scene.desk.get(claimed.id)
    assert (ended.state, ended.order_number) == (HandoffState.BECAME_ORDER, submitted.order.number)
    assert submitted.order.number in texts(scene, claimed.id)[-1]
    assert "查询码" not in texts(scene, claimed.id)[-1]


def test_an_incomplete_order_changes_nothing_for_the_citizen() -> None:
    scene = Scene(intake=MemoryIntake(missing=["请填写标题"]))
    ticket = scene.ask_for_a_person()
    claimed = scene.desk.claim(ticket.handoff.id, 1, "li.si")
    with pytest.raises(OrderIncomplete):
        scene.desk.to_order(claimed.id, claimed.version, "li.si", scene.desk.draft_order(claimed.id), Contact())
    assert scene.desk.get(claimed.id).state is HandoffState.CLAIMED


def test_sending_the_order_form_twice_makes_one_order() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    claimed = scene.desk.claim(ticket.handoff.id, 1, "li.si")
    draft = scene.desk.draft_order(claimed.id)
    scene.desk.to_order(claimed.id, claimed.version, "li.si", draft, Contact())
    with pytest.raises((HandoffClosed, HandoffChanged)):
        scene.desk.to_order(claimed.id, claimed.version, "li.si", draft, Contact())
    assert len(scene.intake.submitted) == 1


def test_who_waits_too_long_gets_a_work_order() -> None:
    scene = Scene()
    early, late = scene.ask_for_a_person("c-1"), None
    scene.now += timedelta(minutes=9)
    late = scene.ask_for_a_person("c-2")
    assert scene.desk.expire_waiting(scene.now) == ()
    scene.now += timedelta(minutes=1)
    assert [handoff.id for handoff in scene.desk.expire_waiting(scene.now)] == [early.handoff.id]
    assert "较长时间" in texts(scene, early.handoff.id)[-1]
    assert scene.desk.get(late.handoff.id).state is HandoffState.WAITING
    assert scene.desk.expire_waiting(scene.now) == ()


def test_a_hand_over_that_the_system_left_unfinished_is_taken_up_again() -> None:
    scene = Scene()
    handoff = scene.ask_for_a_person().handoff
    scene.desk.conversion.change(handoff, state=HandoffState.CLAIMED, claimed_by=SYSTEM, claimed_at=scene.now)
    assert scene.desk.expire_waiting(scene.now + timedelta(minutes=4)) == ()
    assert len(scene.desk.expire_waiting(scene.now + timedelta(minutes=5))) == 1


def test_an_operator_who_serves_is_not_interrupted() -> None:
    scene = Scene()
    handoff = scene.ask_for_a_person().handoff
    scene.desk.claim(handoff.id, 1, "li.si")
    assert scene.desk.expire_waiting(MONDAY_MORNING + timedelta(hours=3)) == ()
    assert [held.id for held in scene.desk.serving()] == [handoff.id]


def test_the_transcript_holds_answers_and_messages() -> None:
    scene = Scene()
    ticket = scene.ask_for_a_person()
    transcript = scene.desk.transcript(ticket.handoff.id)
    assert [record.answer_id for record in transcript.records] == ["answer-of-c-1"]
    assert len(transcript.messages) == 1
