"""What can be done with work orders, over stores in memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from assistant.hotline.errors import (
    MoveNotAllowed,
    NotYourMove,
    OrderChanged,
    OrderHeld,
    OrderIncomplete,
    ReasonRequired,
    UnknownOrder,
)
from assistant.hotline.models import Contact, OrderAction, OrderFilter, OrderState, Satisfaction, Urgency, WorkOrder
from assistant.intents import RequestType
from assistant.routing import ExampleSource
from tests.fakes.work_order_desk import MemoryDesk
from tests.hotline_factories import A_CONTACT, a_draft, some_content


@pytest.fixture
def office() -> MemoryDesk:
    return MemoryDesk()


def submitted(office: MemoryDesk, contact: Contact = A_CONTACT, **about: object) -> WorkOrder:
    return office.desk.submit(a_draft(**about), contact, "甲").order


def dispatched(office: MemoryDesk, department_id: str = "dept-police", **about: object) -> WorkOrder:
    order = submitted(office, **about)
    return office.desk.dispatch(order.number, order.version, "甲", department_id)


def replied(office: MemoryDesk, **about: object) -> WorkOrder:
    order = dispatched(office, **about)
    order = office.desk.start(order.number, order.version, "甲")
    return office.desk.reply(order.number, order.version, "甲", "已要求停工。")


def followed_up(office: MemoryDesk, satisfaction: Satisfaction) -> WorkOrder:
    order = replied(office)
    return office.desk.follow_up(order.number, order.version, "甲", satisfaction, "电话回访")


def test_an_order_goes_from_taking_to_closing_with_every_move_in_its_history(office: MemoryDesk) -> None:
    order = followed_up(office, Satisfaction.SATISFIED)
    order = office.desk.close(order.number, order.version, "乙")
    assert [(move.action, move.by) for move in order.history] == [
        (OrderAction.SUBMIT, "甲"),
        (OrderAction.DISPATCH, "甲"),
        (OrderAction.START, "甲"),
        (OrderAction.REPLY, "甲"),
        (OrderAction.FOLLOW_UP, "甲"),
        (OrderAction.CLOSE, "乙"),
    ]
    assert (order.state, order.version, order.reply, order.satisfaction) == (OrderState.CLOSED, 6, "已要求停工。", Satisfaction.SATISFIED)
    assert office.desk.get(order.number) == order


def test_everyone_who_wants_to_know_is_told_of_every_move(office: MemoryDesk) -> None:
    order = dispatched(office)
    assert [told.version for told in office.announcer.announced] == [1, 2]
    assert office.announcer.announced[-1] == order


def test_of_two_who_claim_one_order_the_second_learns_who_has_it(office: MemoryDesk) -> None:
    order = submitted(office)
    office.desk.claim(order.number, order.version, "甲")
    with pytest.raises(OrderHeld, match="甲"):
        office.desk.claim(order.number, order.version, "乙")


def test_of_many_who_claim_at_once_exactly_one_gets_it(office: MemoryDesk) -> None:
    order = submitted(office)

    def claim(name: str) -> bool:
        try:
            return office.desk.claim(order.number, order.version, name).held_by == name
        except OrderHeld:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, [f"坐席{number}" for number in range(16)])) == 1


def test_who_saw_an_older_version_is_told_to_look_again(office: MemoryDesk) -> None:
    order = submitted(office)
    office.desk.claim(order.number, order.version, "甲")
    with pytest.raises(OrderChanged, match="请刷新"):
        office.desk.dispatch(order.number, order.version, "甲", "dept-b")


def test_what_was_claimed_can_be_put_back_and_taken_by_another(office: MemoryDesk) -> None:
    order = submitted(office)
    order = office.desk.claim(order.number, order.version, "甲")
    order = office.desk.release(order.number, order.version, "甲")
    assert office.desk.claim(order.number, order.version, "乙").held_by == "乙"


def test_after_dispatch_nobody_holds_it(office: MemoryDesk) -> None:
    order = submitted(office)
    order = office.desk.claim(order.number, order.version, "甲")
    assert office.desk.dispatch(order.number, order.version, "甲", "dept-b").held_by == ""


def test_a_joint_matter_has_a_lead_and_supporting_departments(office: MemoryDesk) -> None:
    order = submitted(office)
    order = office.desk.dispatch(order.number, order.version, "甲", "dept-b", ("dept-police", "dept-b", "dept-police"))
    assert (order.content.lead_department_id, order.content.co_department_ids) == ("dept-b", ("dept-police",))


@pytest.mark.parametrize(("lead", "others", "words"), [("", (), "主办单位"), ("dept-x", (), "没有这个"), ("dept-b", ("x",), "没有这个")])
def test_an_order_goes_to_departments_of_the_directory_only(office: MemoryDesk, lead: str, others: tuple[str, ...], words: str) -> None:
    order = submitted(office)
    with pytest.raises(OrderIncomplete, match=words):
        office.desk.dispatch(order.number, order.version, "甲", lead, others)
    assert office.desk.get(order.number) == order


def test_a_rejected_routing_is_a_lesson_for_the_router(office: MemoryDesk) -> None:
    order = dispatched(office, "dept-police")
    order = office.desk.send_back(order.number, order.version, "甲", "不属于公安职责", "dept-b")
    assert (order.state, order.content.lead_department_id, order.history[-1].reason) == (OrderState.ACCEPTED, "dept-b", "不属于公安职责")
    lessons = [(each.department_id, each.belongs, each.source, each.order_number) for each in office.examples.all()]
    assert lessons == [
        ("dept-police", False, ExampleSource.SENT_BACK, order.number),
        ("dept-b", True, ExampleSource.SENT_BACK, order.number),
    ]
    assert "夜间施工" in office.examples.all()[0].text


def test_the_department_that_answers_what_another_sent_back_is_the_right_one(office: MemoryDesk) -> None:
    order = dispatched(office, "dept-police")
    order = office.desk.send_back(order.number, order.version, "甲", "不属于公安职责")
    order = office.desk.dispatch(order.number, order.version, "甲", "dept-b")
    order = office.desk.start(order.number, order.version, "甲")
    office.desk.reply(order.number, order.version, "甲", "已处理。")
    assert [(each.department_id, each.belongs) for each in office.examples.all()] == [("dept-police", False), ("dept-b", True)]
    assert office.examples.all()[-1].source is ExampleSource.CONFIRMED


def test_an_undisputed_routing_teaches_nothing(office: MemoryDesk) -> None:
    replied(office)
    assert office.examples.all() == ()


def test_sending_back_to_an_unknown_department_changes_and_teaches_nothing(office: MemoryDesk) -> None:
    order = dispatched(office)
    with pytest.raises(OrderIncomplete):
        office.desk.send_back(order.number, order.version, "甲", "不属于", "dept-x")
    with pytest.raises(ReasonRequired):
        office.desk.send_back(order.number, order.version, "甲", " ")
    assert office.examples.all() == ()
    assert office.desk.get(order.number) == order


def test_an_empty_reply_is_none(office: MemoryDesk) -> None:
    order = dispatched(office)
    order = office.desk.start(order.number, order.version, "甲")
    with pytest.raises(ReasonRequired):
        office.desk.reply(order.number, order.version, "甲", "  ")


def test_after_a_dissatisfied_follow_up_taking_it_up_again_is_suggested(office: MemoryDesk) -> None:
    order = followed_up(office, Satisfaction.DISSATISFIED)
    assert office.desk.suggested_action(order, "甲") is OrderAction.REOPEN
    order = office.desk.reopen(order.number, order.version, "甲", "来电人不满意")
    assert (order.state, order.satisfaction, order.escalations) == (OrderState.IN_PROGRESS, None, 0)


def test_the_natural_next_step_is_suggested(office: MemoryDesk) -> None:
    assert office.desk.suggested_action(submitted(office), "甲") is OrderAction.DISPATCH
    assert office.desk.suggested_action(followed_up(office, Satisfaction.FAIR), "甲") is OrderAction.CLOSE
    assert office.desk.suggested_action(submitted(office), "系统") is OrderAction.DISPATCH
    assert office.desk.suggested_action(replied(office), "来电人") is OrderAction.FOLLOW_UP


def test_an_order_taken_up_again_late_gets_a_new_deadline_and_an_early_one_keeps_its_own(office: MemoryDesk) -> None:
    order = replied(office)
    assert office.desk.reopen(order.number, order.version, "甲", "没解决").deadline == order.deadline
    late = replied(office)
    office.now += timedelta(days=60)
    reopened = office.desk.reopen(late.number, late.version, "甲", "又开始了")
    assert reopened.deadline.due_on > office.now.date()
    assert reopened.deadline.working_days == 5


def test_a_complaint_becomes_an_inquiry_only_by_a_named_person_with_a_reason(office: MemoryDesk) -> None:
    order = submitted(office, request_type=RequestType.COMPLAINT)
    for by in ("系统", "来电人"):
        with pytest.raises(NotYourMove):
            office.desk.reclassify(order.number, order.version, by, RequestType.INQUIRY, "像是咨询")
    with pytest.raises(ReasonRequired):
        office.desk.reclassify(order.number, order.version, "甲", RequestType.INQUIRY, "")
    with pytest.raises(ReasonRequired, match="更改诉求类型"):
        office.desk.correct(order.number, order.version, "甲", some_content(request_type=RequestType.INQUIRY))
    assert office.desk.get(order.number) == order
    lowered = office.desk.reclassify(order.number, order.version, "甲", RequestType.INQUIRY, "来电人只想了解规定")
    assert (lowered.history[-1].by, lowered.history[-1].reason) == ("甲", "投诉改为咨询：来电人只想了解规定")


def test_the_deadline_follows_the_request_type_and_the_urgency(office: MemoryDesk) -> None:
    order = submitted(office, request_type=RequestType.COMPLAINT)
    assert order.deadline.due_on == date(2026, 12, 14)
    office.now += timedelta(days=1)
    order = office.desk.reclassify(order.number, order.version, "甲", RequestType.INQUIRY, "只想了解")
    assert (order.deadline.working_days, order.deadline.due_on) == (2, date(2026, 11, 25))
    order = office.desk.correct(order.number, order.version, "甲", replace(order.content, urgency=Urgency.CRITICAL))
    assert order.deadline.due_on == date(2026, 11, 24)


def test_what_a_person_corrects_is_no_longer_the_machines(office: MemoryDesk) -> None:
    order = submitted(office, machine_filled=frozenset({"title", "wish", "place"}))
    edited = replace(order.content, title="工地夜间施工", machine_filled=frozenset({"title", "wish", "content"}))
    corrected = office.desk.correct(order.number, order.version, "甲", edited)
    assert corrected.content.title == "工地夜间施工"
    assert corrected.content.machine_filled == {"wish"}


def test_correcting_does_not_redirect_an_order_on_its_way(office: MemoryDesk) -> None:
    order = dispatched(office, "dept-police")
    corrected = office.desk.correct(
        order.number, order.version, "甲", replace(order.content, lead_department_id="dept-b", wish="希望道歉。")
    )
    assert (corrected.content.lead_department_id, corrected.content.wish) == ("dept-police", "希望道歉。")


def test_an_order_cannot_be_corrected_into_an_incomplete_one(office: MemoryDesk) -> None:
    order = submitted(office)
    with pytest.raises(OrderIncomplete, match="标题"):
        office.desk.correct(order.number, order.version, "甲", replace(order.content, title=""))


def test_only_a_supervisor_presses_and_says_why(office: MemoryDesk) -> None:
    order = dispatched(office)
    with pytest.raises(NotYourMove):
        office.desk.supervise(order.number, order.version, "甲", "快到期")
    order = office.desk.supervise(order.number, order.version, "班长", "快到期")
    assert order.supervised
    assert order.state is OrderState.DISPATCHED


def test_a_contact_is_opened_only_with_a_reason_that_stays_in_the_history(office: MemoryDesk) -> None:
    order = submitted(office)
    with pytest.raises(ReasonRequired):
        office.desk.open_contact(order.number, "甲", "")
    assert office.desk.open_contact(order.number, "甲", "回访需要拨打") == A_CONTACT
    move = office.desk.get(order.number).history[-1]
    assert (move.action, move.by, move.reason) == (OrderAction.OPEN_CONTACT, "甲", "回访需要拨打")


def test_personal_data_that_anyone_types_is_masked(office: MemoryDesk) -> None:
    number = "13800138000"
    order = dispatched(office, content=f"联系{number}", wish=f"请回电{number}", place=f"门口，电话{number}")
    order = office.desk.start(order.number, order.version, "甲")
    order = office.desk.reply(order.number, order.version, "甲", f"已致电{number}。")
    order = office.desk.follow_up(order.number, order.version, "甲", Satisfaction.FAIR, f"打过{number}")
    order = office.desk.reopen(order.number, order.version, "甲", f"又打{number}")
    order = office.desk.send_back(order.number, order.version, "甲", f"问{number}")
    assert number not in repr(order)
    assert number not in repr(office.examples.all())


def test_orders_of_the_same_number_are_found_newest_first_however_it_is_written(office: MemoryDesk) -> None:
    first = submitted(office, Contact(phone="138 0000 5678"))
    office.now += timedelta(hours=1)
    second = submitted(office, Contact(phone="+86-13800005678"))
    submitted(office, Contact(phone="13900005678"))
    submitted(office, Contact())
    assert [order.number for order in office.desk.earlier_of("１３８００００５６７８")] == [second.number, first.number]
    assert office.desk.earlier_of("") == ()


def test_orders_are_listed_and_counted(office: MemoryDesk) -> None:
    dispatched(office)
    order = submitted(office)
    wanted = OrderFilter(states=(OrderState.ACCEPTED,))
    assert office.desk.find(wanted) == (order,)
    assert office.desk.count(wanted) == 1


def test_a_number_is_understood_as_typed(office: MemoryDesk) -> None:
    order = submitted(office)
    assert office.desk.get(f" {order.number.lower()} ") == order
    with pytest.raises(UnknownOrder):
        office.desk.get("GD1")


def test_a_closed_order_only_opens_again_or_shows_its_contact(office: MemoryDesk) -> None:
    order = followed_up(office, Satisfaction.FAIR)
    order = office.desk.close(order.number, order.version, "甲")
    assert set(office.desk.allowed_actions(order, "班长")) == {OrderAction.REOPEN, OrderAction.OPEN_CONTACT}
    with pytest.raises(MoveNotAllowed):
        office.desk.follow_up(order.number, order.version, "甲", Satisfaction.FAIR)
