"""From draft to order: what is refused, what is sealed, what the caller gets to look it up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.hotline.errors import OrderIncomplete
from assistant.hotline.models import Contact, OrderOrigin, WorkOrderDraft
from assistant.hotline.order_terms import Channel, OrderAction, OrderState
from assistant.intents import RequestType
from tests.fakes.work_order_desk import LOOKUP_CODE, MemoryDesk
from tests.hotline_factories import A_CONTACT, A_MOMENT, a_draft, a_relied_provision, a_suggestion


@pytest.fixture
def office() -> MemoryDesk:
    return MemoryDesk()


def test_a_new_order_has_a_number_a_promised_day_and_its_first_move(office: MemoryDesk) -> None:
    order = office.desk.submit(a_draft(), A_CONTACT, "甲").order
    assert (order.number, order.version, order.state, order.created_by) == ("GD20261123-00001", 1, OrderState.ACCEPTED, "甲")
    assert (order.deadline.working_days, str(order.deadline.due_on)) == (15, "2026-12-14")
    assert [(move.at, move.by, move.action) for move in order.history] == [(A_MOMENT, "甲", OrderAction.SUBMIT)]


def test_numbers_go_by_the_day_in_china(office: MemoryDesk) -> None:
    office.now = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    order = office.desk.submit(a_draft(), A_CONTACT, "甲").order
    assert order.number == "GD20261124-00001"
    assert str(order.deadline.due_on) == "2026-12-15"


def test_what_the_draft_rests_on_is_kept(office: MemoryDesk) -> None:
    rests_on = {"suggestions": (a_suggestion(),), "provisions": (a_relied_provision(),), "earlier": ("GD1",), "similar": ("GD2",)}
    draft = replace(a_draft(), **rests_on)
    order = office.desk.submit(draft, A_CONTACT, "甲").order
    assert (order.suggestions, order.provisions) == ((a_suggestion(),), (a_relied_provision(),))
    assert (order.earlier, order.similar, order.origin) == (("GD1",), ("GD2",), draft.origin)


def test_the_contact_is_sealed_and_everyone_sees_it_masked(office: MemoryDesk) -> None:
    caller = office.desk.submit(a_draft(), A_CONTACT, "甲").order.caller
    assert (caller.name, caller.phone, caller.address) == ("王**", "138****5678", "示范市明德区****")
    assert office.vault.open(caller.sealed) == A_CONTACT
    assert "13800005678" not in caller.sealed + caller.phone_digest


def test_an_anonymous_caller_gets_a_code_instead_of_the_phone_suffix(office: MemoryDesk) -> None:
    submitted = office.desk.submit(a_draft(), Contact(), "甲")
    assert submitted.lookup_code == LOOKUP_CODE
    assert office.desk.progress(submitted.order.number, LOOKUP_CODE).number == submitted.order.number
    assert LOOKUP_CODE not in repr(office.store.get(submitted.order.number))
    assert office.desk.submit(a_draft(), A_CONTACT, "甲").lookup_code == ""


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"title": " "}, "请填写标题"),
        ({"content": ""}, "请填写诉求内容"),
        ({"jurisdiction": ""}, "请选择事发地区"),
        ({"jurisdiction": "123456"}, "没有这个地区"),
        ({"wish": ""}, "希望怎样解决"),
        ({"place": ""}, "事发地点"),
        ({"occurred": ""}, "事发时间"),
        ({"title": "长" * 61}, "标题不能超过60个字"),
    ],
)
def test_an_incomplete_order_is_refused_with_what_to_ask(office: MemoryDesk, about: dict[str, object], words: str) -> None:
    with pytest.raises(OrderIncomplete, match=words):
        office.desk.submit(a_draft(**about), A_CONTACT, "甲")
    assert office.announcer.announced == []


def test_all_gaps_are_named_at_once(office: MemoryDesk) -> None:
    with pytest.raises(OrderIncomplete) as refused:
        office.desk.submit(a_draft(title="", wish="", occurred=""), Contact(phone="12"), "甲")
    assert len(refused.value.missing) == 4


def test_an_inquiry_needs_neither_place_nor_time(office: MemoryDesk) -> None:
    draft = a_draft(request_type=RequestType.INQUIRY, place="", occurred="", wish="")
    assert office.desk.submit(draft, A_CONTACT, "甲").order.deadline.working_days == 2


def test_what_the_machine_takes_down_may_lack_what_it_could_not_ask_until_dispatch(office: MemoryDesk) -> None:
    order = office.desk.submit(a_draft(place="", occurred=""), Contact(), "系统").order
    assert order.state is OrderState.ACCEPTED
    with pytest.raises(OrderIncomplete, match="事发地点"):
        office.desk.dispatch(order.number, order.version, "甲", "dept-b")
    with pytest.raises(OrderIncomplete, match="标题"):
        office.desk.submit(a_draft(title=""), Contact(), "系统")


def test_a_refused_order_uses_no_number(office: MemoryDesk) -> None:
    with pytest.raises(OrderIncomplete):
        office.desk.submit(a_draft(title=""), A_CONTACT, "甲")
    assert office.desk.submit(a_draft(), A_CONTACT, "甲").order.number.endswith("-00001")


def sent(sending: str) -> WorkOrderDraft:
    return replace(a_draft(), origin=OrderOrigin(Channel.WEB, sending=sending))


def test_a_form_that_arrives_twice_makes_one_order_and_is_told_the_same(office: MemoryDesk) -> None:
    first = office.desk.submit(sent("form-1"), Contact(), "来电人")
    again = office.desk.submit(sent("form-1"), Contact(), "来电人")
    assert (again.order, again.lookup_code, again.repeated) == (first.order, first.lookup_code, True)
    assert office.desk.progress(first.order.number, again.lookup_code).number == first.order.number
    assert len(office.announcer.announced) == 1


def test_codes_of_different_forms_differ(office: MemoryDesk) -> None:
    codes = {office.desk.submit(sent(f"form-{number}"), Contact(), "来电人").lookup_code for number in range(20)}
    assert len(codes) > 15
    assert all(len(code) == 4 and code.isdigit() for code in codes)


def test_where_the_router_is_sure_the_machine_sends_its_own_orders_on(office: MemoryDesk) -> None:
    draft = replace(a_draft(), automatic=True)
    order = office.desk.submit(draft, Contact(), "系统").order
    assert (order.state, order.content.lead_department_id) == (OrderState.DISPATCHED, "dept-police")
    assert (order.history[-1].by, order.history[-1].reason) == ("系统", "路由把握达到自动派单的要求")
    assert office.desk.submit(draft, A_CONTACT, "甲").order.state is OrderState.ACCEPTED


@pytest.mark.parametrize(("sure", "about"), [(False, {}), (True, {"occurred": ""}), (True, {"lead_department_id": ""})])
def test_where_it_is_not_sure_or_something_is_missing_a_person_dispatches(office: MemoryDesk, sure: bool, about: dict[str, object]) -> None:
    draft = replace(a_draft(**about), automatic=sure)
    assert office.desk.submit(draft, Contact(), "系统").order.state is OrderState.ACCEPTED
