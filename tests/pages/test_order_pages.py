"""Work orders at the desk: from the form to the last move, over fakes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import unescape

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from api.access.models import Role
from api.container import Container
from assistant.hotline.models import Confidentiality, OrderAction, OrderFilter, OrderState, WorkOrder
from tests.factories import an_answer_record
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_client, a_staff_member

CALL = {"notes": "我要投诉，人民路12号楼下烧烤店昨天晚上油烟很大，希望尽快查处。我叫王芳，电话13800138000", "region": "示范市"}


@dataclass(frozen=True)
class Desk:
    container: Container
    client: TestClient

    def post(self, address: str, /, **fields: str) -> Response:
        return self.client.post(address, data=fields)

    def fields(self, page: str) -> dict[str, str]:
        """What the form of a page would send as it stands."""
        form = page[page.index("<order-form") : page.index("</order-form>")]
        found = {name: unescape(value) for name, value in re.findall(r'<input[^>]* name="(\w+)"[^>]*? value="([^"]*)"', form)}
        found |= {name: unescape(text) for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>([^<]*)</textarea>', form)}
        for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
            chosen = re.search(r'<option value="([^"]*)" selected', options)
            found[name] = chosen.group(1) if chosen else ""
        return found

    def taken(self, **changes: str) -> WorkOrder:
        """An order taken down from the call, through the form."""
        form = self.fields(self.post("/desk/orders/new", **CALL).text) | {"occurred": "昨天晚上", "place": "人民路12号"}
        assert self.post("/desk/orders", **(form | changes)).status_code == 200
        return self.container.work_orders.find(OrderFilter())[0]

    def move(self, order: WorkOrder, action: OrderAction, **fields: str) -> Response:
        version = self.container.work_orders.get(order.number).version
        return self.post(f"/desk/orders/{order.number}/moves", action=action.value, version=str(version), **fields)

    def now(self, order: WorkOrder) -> WorkOrder:
        return self.container.work_orders.get(order.number)


@pytest.fixture
def desk() -> Desk:
    return a_desk(Role.OPERATOR)


def a_claimed_handoff(desk: Desk) -> str:
    """The id of one that the operator of the desk has taken."""
    record = an_answer_record(conversation_id="c-1")
    desk.container.conversations.save(record)
    handoff = desk.container.handoffs.request("c-1", record.answer_id, "要求转人工", None).handoff
    return desk.container.handoffs.claim(handoff.id, handoff.version, "zhang.san").id


def a_desk(*roles: Role) -> Desk:
    container = a_container()
    return Desk(container, a_staff_client(container, a_staff_member(container, *roles)))


def test_the_notes_of_a_call_become_a_filled_form_whose_machine_made_fields_are_marked(desk: Desk) -> None:
    page = desk.post("/desk/orders/new", **CALL).text
    form = desk.fields(page)
    assert form["request_type"] == "complaint"
    assert form["phone"] == "13800138000"
    assert form["name"] == "王芳"
    assert "13800138000" not in form["content"]
    assert 'data-filled="title"' in page


def test_a_submitted_order_tells_number_and_promised_day(desk: Desk) -> None:
    form = desk.fields(desk.post("/desk/orders/new", **CALL).text) | {"occurred": "昨天晚上", "place": "人民路12号"}
    page = desk.post("/desk/orders", **form).text
    order = desk.container.work_orders.find(OrderFilter())[0]
    assert order.number in page
    assert f"{order.deadline.due_on.month}月{order.deadline.due_on.day}日前" in page
    assert order.created_by == "zhang.san"


def test_what_is_missing_is_said_and_nothing_typed_is_lost(desk: Desk) -> None:
    form = desk.fields(desk.post("/desk/orders/new", **CALL).text)
    refused = desk.post("/desk/orders", **(form | {"title": "", "content": "自己写的内容"}))
    assert refused.status_code == 422
    assert "请填写标题" in refused.text
    assert desk.fields(refused.text)["content"] == "自己写的内容"
    assert desk.container.work_orders.count(OrderFilter()) == 0


def test_a_field_a_person_changed_is_no_longer_the_machines(desk: Desk) -> None:
    order = desk.taken(title="人民路烧烤店油烟扰民")
    assert "title" not in order.content.machine_filled
    assert "request_type" in order.content.machine_filled


def test_without_a_phone_a_code_for_looking_up_is_shown_once(desk: Desk) -> None:
    form = desk.fields(desk.post("/desk/orders/new", **CALL).text) | {"occurred": "昨天晚上", "place": "人民路12号", "phone": ""}
    page = desk.post("/desk/orders", **form).text
    order = desk.container.work_orders.find(OrderFilter())[0]
    code = re.search(r"查询码(\d{4})", page)
    assert code
    assert desk.container.work_orders.progress(order.number, code.group(1)).number == order.number
    assert code.group(1) not in re.sub(r"\d{5,}|GD\S+", "", desk.client.get(f"/desk/orders/{order.number}").text)


def test_a_form_sent_twice_makes_one_order_and_shows_it_again(desk: Desk) -> None:
    form = desk.fields(desk.post("/desk/orders/new", **CALL).text) | {"occurred": "昨天晚上", "place": "人民路12号", "phone": ""}
    first, again = desk.post("/desk/orders", **form), desk.post("/desk/orders", **form)
    order = desk.container.work_orders.find(OrderFilter())[0]
    assert desk.container.work_orders.count(OrderFilter()) == 1
    assert order.number in again.text
    assert "没有重复登记" in again.text
    assert "没有重复登记" not in first.text
    assert re.findall(r"查询码(\d{4})", first.text) == re.findall(r"查询码(\d{4})", again.text)


def test_a_form_changed_after_it_was_sent_is_another_order(desk: Desk) -> None:
    form = desk.fields(desk.post("/desk/orders/new", **CALL).text) | {"occurred": "昨天晚上", "place": "人民路12号"}
    desk.post("/desk/orders", **form)
    assert "没有重复登记" not in desk.post("/desk/orders", **(form | {"place": "解放路3号"})).text
    assert desk.container.work_orders.count(OrderFilter()) == 2


def test_a_form_keeps_its_key_while_something_is_missing(desk: Desk) -> None:
    form = desk.fields(desk.post("/desk/orders/new", **CALL).text)
    refused = desk.post("/desk/orders", **(form | {"title": ""}))
    assert desk.fields(refused.text)["form_key"] == form["form_key"] != ""


def test_a_hand_over_sent_twice_makes_one_order(desk: Desk) -> None:
    handoff = a_claimed_handoff(desk)
    form = desk.fields(desk.client.get(f"/desk/orders/new?handoff={handoff}").text)
    form |= {"title": "路灯不亮", "wish": "修好", "jurisdiction": "示范市", "occurred": "三天前", "place": "中心路"}
    first, again = desk.post("/desk/orders", **form), desk.post("/desk/orders", **form)
    assert (first.status_code, again.status_code) == (200, 200)
    assert "没有重复登记" in again.text
    assert desk.container.work_orders.count(OrderFilter()) == 1


def test_an_order_goes_its_whole_way_through_the_page(desk: Desk) -> None:
    order = desk.taken()
    department = desk.container.departments.all()[0].id
    for action, fields in (
        (OrderAction.DISPATCH, {"lead": department}),
        (OrderAction.START, {}),
        (OrderAction.REPLY, {"text": "已责令整改。"}),
        (OrderAction.FOLLOW_UP, {"satisfaction": "satisfied"}),
        (OrderAction.CLOSE, {}),
    ):
        assert desk.move(order, action, **fields).status_code == 303, action
    assert desk.now(order).state is OrderState.CLOSED
    page = desk.client.get(f"/desk/orders/{order.number}").text
    assert all(action.label in page for action in (OrderAction.DISPATCH, OrderAction.REPLY, OrderAction.CLOSE))


def test_a_move_that_is_refused_says_why_on_the_order_s_page(desk: Desk) -> None:
    order = desk.taken()
    refused = desk.move(order, OrderAction.REPLY, text="先答复")
    assert refused.status_code == 409
    assert "不能“答复”" in refused.text


def test_sending_back_without_a_reason_is_refused(desk: Desk) -> None:
    order = desk.taken()
    desk.move(order, OrderAction.DISPATCH, lead=desk.container.departments.all()[0].id)
    assert "必须写明理由" in desk.move(order, OrderAction.SEND_BACK).text
    assert desk.now(order).state is OrderState.DISPATCHED


def test_an_old_page_does_not_overwrite_what_somebody_else_did(desk: Desk) -> None:
    order = desk.taken()
    desk.move(order, OrderAction.CLAIM)
    late = desk.post(f"/desk/orders/{order.number}/moves", action="dispatch", version=str(order.version), lead="dept-police")
    assert late.status_code == 409
    assert desk.now(order).state is OrderState.ACCEPTED


def test_a_reply_that_came_too_late_is_not_lost(desk: Desk) -> None:
    order = desk.taken()
    desk.move(order, OrderAction.DISPATCH, lead="dept-police")
    desk.move(order, OrderAction.START)
    version = str(desk.now(order).version)
    desk.move(order, OrderAction.CORRECT)
    desk.container.work_orders.claim(order.number, desk.now(order).version, "zhang.san")
    late = desk.post(f"/desk/orders/{order.number}/moves", action="reply", version=version, text="已责令整改。")
    assert late.status_code == 409
    assert "刚刚被别人改过" in late.text
    assert re.search(r'<textarea id="reply-text"[^>]*>已责令整改。</textarea>', late.text)


def test_words_that_can_no_longer_be_sent_are_shown_to_be_copied(desk: Desk) -> None:
    order = desk.taken()
    desk.container.work_orders.claim(order.number, order.version, "wang.wu")
    late = desk.post(f"/desk/orders/{order.number}/moves", action="correct", version="1", reason="理由")
    assert late.status_code == 409
    late = desk.post(f"/desk/orders/{order.number}/moves", action="reopen", version="1", reason="市民来电补充了情况")
    assert "没有保存，可以复制" in late.text
    assert "市民来电补充了情况" in late.text


def test_a_correction_that_came_too_late_stays_in_the_form(desk: Desk) -> None:
    order = desk.taken()
    form = desk.fields(desk.client.get(f"/desk/orders/{order.number}/edit").text) | {"place": "人民路14号"}
    desk.move(order, OrderAction.CLAIM)
    late = desk.post(f"/desk/orders/{order.number}/edit", **form)
    assert late.status_code == 409
    assert "还没有保存" in late.text
    assert desk.now(order).content.place == "人民路12号"
    assert desk.post(f"/desk/orders/{order.number}/edit", **desk.fields(late.text)).status_code == 303
    assert desk.now(order).content.place == "人民路14号"


def test_every_supporting_department_has_a_field_of_its_own(desk: Desk) -> None:
    order = desk.taken()
    content = replace(order.content, lead_department_id="", co_department_ids=("dept-police", "dept-b"))
    desk.container.work_orders.correct(order.number, order.version, "zhang.san", content)
    page = desk.client.get(f"/desk/orders/{order.number}").text
    assert page.count('name="supporting"') == 3


def test_every_key_of_the_pages_belongs_to_one_action(desk: Desk) -> None:
    order = desk.taken()
    page = desk.client.get(f"/desk/orders/{order.number}").text
    keys = re.findall(r'data-key="(\w+)"', page)
    assert len(keys) == len(set(keys))
    sheet = page[page.index("data-keys-sheet") :]
    for action, letter in ((OrderAction.CLAIM, "L"), (OrderAction.SEND_BACK, "T"), (OrderAction.SUPERVISE, "D")):
        assert re.search(rf'<kbd class="key">{letter}</kbd></dt><dd>{action.label}</dd>', sheet)


def test_contacts_are_masked_until_somebody_gives_a_reason_which_is_kept(desk: Desk) -> None:
    order = desk.taken()
    address = f"/desk/orders/{order.number}"
    assert "13800138000" not in desk.client.get(address).text
    assert "必须写明理由" in desk.post(f"{address}/contact", reason=" ").text
    opened = desk.post(f"{address}/contact", reason="回访核实地点")
    assert "13800138000" in opened.text
    assert opened.headers["cache-control"] == "no-store"
    assert "13800138000" not in desk.client.get(address).text
    assert any(event.action == "contact_opened" and "回访核实地点" in event.reason for event in desk.container.audit.events())


def test_the_contact_of_a_protected_caller_is_a_supervisors_to_open_and_both_are_recorded(desk: Desk) -> None:
    order = desk.taken()
    content = replace(order.content, confidentiality=Confidentiality.PROTECTED)
    desk.container.work_orders.correct(order.number, order.version, "zhang.san", content)
    address = f"/desk/orders/{order.number}"
    assert "联系方式由班长查看" in desk.client.get(address).text
    refused = desk.post(f"{address}/contact", reason="回访核实地点")
    assert ("13800138000" in refused.text, "只能由班长进行" in refused.text) == (False, True)
    leader = a_staff_client(desk.container, a_staff_member(desk.container, Role.SUPERVISOR, name="chen.jing"))
    assert "13800138000" in leader.post(f"{address}/contact", data={"reason": "回访核实地点"}).text
    (event,) = desk.container.audit.events(action="contact_opened")
    assert (event.actor, event.after, bool(event.address)) == ("chen.jing", "为来电人保密", True)


def test_correcting_keeps_the_request_type_and_the_number(desk: Desk) -> None:
    order = desk.taken()
    form = desk.fields(desk.client.get(f"/desk/orders/{order.number}/edit").text)
    assert desk.post(f"/desk/orders/{order.number}/edit", **(form | {"place": "人民路14号", "request_type": "inquiry"})).status_code == 303
    assert desk.now(order).content.place == "人民路14号"
    assert desk.now(order).content.request_type is order.content.request_type


def test_the_list_finds_by_words_and_shows_what_is_due(desk: Desk) -> None:
    order = desk.taken(title="人民路烧烤店油烟扰民")
    assert order.number in desk.client.get("/desk/orders", params={"words": "烧烤店"}).text
    assert "没有符合条件的工单" in desk.client.get("/desk/orders", params={"words": "幼儿园"}).text
    assert "工作日" in desk.client.get("/desk/orders").text


@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx"])
def test_the_list_can_be_taken_away_as_a_file_without_contacts(desk: Desk, suffix: str) -> None:
    order = desk.taken()
    file = desk.client.get(f"/desk/orders/export.{suffix}")
    assert file.headers["content-disposition"].endswith(f'.{suffix}"')
    assert b"13800138000" not in file.content
    if suffix != "xlsx":
        assert order.number.encode() in file.content


def test_the_supervisor_sees_what_waits_and_what_is_due() -> None:
    desk = a_desk(Role.SUPERVISOR)
    desk.taken()
    page = desk.client.get("/desk/supervision").text
    assert re.search(r'<b class="tile__number">1</b><span class="tile__words">待派单', page)


def test_an_operator_may_not_see_the_supervisors_view(desk: Desk) -> None:
    assert desk.client.get("/desk/supervision").status_code == 403


def test_nobody_sees_orders_without_signing_in(desk: Desk) -> None:
    order = desk.taken()
    desk.client.cookies.clear()
    for address in ("/desk/orders", f"/desk/orders/{order.number}", "/desk/orders/export.csv"):
        assert desk.client.get(address, headers={"accept": "text/html"}).headers["location"].startswith("/sign-in")
