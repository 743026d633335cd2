"""Drafts from calls and conversations: what is filled, what is marked, what is never lowered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.hotline.drafting import WorkOrderDrafter, confirmed
from assistant.hotline.models import Channel, Confidentiality, Contact, OrderOrigin, Urgency
from assistant.intents import ConversationAct, Intent, RequestType
from assistant.models import AnswerRecord
from tests.factories import an_answer_record
from tests.fakes.drafter import OneClass, a_drafter, mask
from tests.fakes.work_order_desk import MemoryDesk
from tests.hotline_factories import A_CONTACT, a_draft

NOTES = (
    "您好，我叫王芳，电话13800005678。我要投诉明德区幸福路12号的工地夜间施工，昨天晚上10点还在打桩，噪声很大。"
    "希望有关部门制止夜间施工。谢谢。"
)
ORIGIN = OrderOrigin(Channel.WEB, "c-1", "a-2", "h-1")


@pytest.fixture
def office() -> MemoryDesk:
    return MemoryDesk(mask=mask)


@pytest.fixture
def drafter(office: MemoryDesk) -> WorkOrderDrafter:
    return a_drafter(office.desk)


def asked(*texts: str) -> tuple[AnswerRecord, ...]:
    return tuple(an_answer_record(f"a-{place}", text=text) for place, text in enumerate(texts, 1))


class Acts:
    """A recogniser that knows greetings, wishes for a person and emergencies by their words."""

    def recognise(self, text: str, *, in_conversation: bool = False) -> Intent:
        words = {"你好": ConversationAct.GREETING, "转人工": ConversationAct.HANDOFF, "着火": ConversationAct.EMERGENCY}
        act = next((act for word, act in words.items() if word in text), ConversationAct.MATTER)
        return Intent(act, 1.0, True, RequestType.INQUIRY if "怎么" in text else None, 0.9)


def test_a_call_fills_the_whole_form(drafter: WorkOrderDrafter) -> None:
    draft = drafter.from_call(NOTES, jurisdiction="990100", contact=A_CONTACT)
    content = draft.content
    assert content.request_type is RequestType.COMPLAINT
    assert content.title == "明德区幸福路12号的工地夜间施工，昨天晚上10点还在打桩"
    assert content.wish == "希望有关部门制止夜间施工。"
    assert (content.place, content.jurisdiction) == ("明德区幸福路12号", "990102")
    assert content.occurred == "2026年11月22日 22:00（昨天晚上10点）"
    assert content.class_path == OneClass().path
    assert content.lead_department_id == draft.suggestions[0].department_id == "dept-b"
    assert draft.deadline is not None
    assert draft.deadline.working_days == 15
    assert (draft.origin.channel, draft.missing) == (Channel.PHONE, ())


def test_what_the_machine_filled_is_marked_and_the_callers_words_are_not(drafter: WorkOrderDrafter) -> None:
    filled = drafter.from_call(NOTES, jurisdiction="990100").content.machine_filled
    marked = {"request_type", "title", "wish", "place", "occurred", "class_path", "lead_department_id", "jurisdiction"}
    assert filled == marked
    assert "jurisdiction" not in drafter.from_call(NOTES, jurisdiction="990102").content.machine_filled


def test_personal_data_is_out_of_the_draft_and_in_the_contact(drafter: WorkOrderDrafter) -> None:
    draft = drafter.from_call(NOTES, jurisdiction="990100")
    assert "13800005678" not in repr(draft)
    assert "王芳" not in repr(draft)
    assert drafter.contact_in(NOTES) == Contact("王芳", "13800005678")


def test_what_must_still_be_asked_is_said(drafter: WorkOrderDrafter) -> None:
    missing = drafter.from_call("我要投诉噪声", jurisdiction="990100").missing
    assert missing == ("请问清来电人希望怎样解决", "请问清事发地点", "请问清事发时间")


def test_the_answer_found_meanwhile_is_what_the_order_rests_on(drafter: WorkOrderDrafter) -> None:
    record = an_answer_record()
    draft = drafter.from_call("居住证怎么办", jurisdiction="990100", answer=record)
    citation = record.answer.citations[0]
    assert [(each.title, each.quote, each.link) for each in draft.provisions] == [(citation.title, citation.quote, citation.link)]
    assert (draft.origin.answer_id, draft.origin.conversation_id) == (record.answer_id, record.conversation_id)


def test_a_conversation_is_drafted_from_all_that_was_asked_and_said(drafter: WorkOrderDrafter) -> None:
    draft = drafter.from_conversation(asked("居住证怎么办？", "窗口不给我办"), said=["电话13800005678"], origin=ORIGIN)
    assert draft.content.content.startswith("居住证怎么办？\n窗口不给我办")
    assert "13800005678" not in repr(draft)
    assert (draft.origin, len(draft.provisions), draft.content.jurisdiction) == (ORIGIN, 1, "990100")


def test_the_most_serious_thing_said_decides_whatever_comes_after(drafter: WorkOrderDrafter) -> None:
    texts = ("居住证怎么办？", "我要投诉窗口工作人员", "那收费怎么收？")
    for order in (texts, texts[::-1]):
        assert drafter.from_conversation(asked(*order), origin=ORIGIN).content.request_type is RequestType.COMPLAINT


def test_the_callers_own_word_outranks_a_milder_guess(office: MemoryDesk) -> None:
    draft = a_drafter(office.desk, Acts()).from_call("我要举报这家店，怎么一直没人管？", jurisdiction="990100")
    assert draft.content.request_type is RequestType.REPORT
    assert draft.content.confidentiality is Confidentiality.PROTECTED
    assert {"request_type", "confidentiality"} <= draft.content.machine_filled


def test_greetings_and_calls_for_a_person_are_no_content(office: MemoryDesk) -> None:
    draft = a_drafter(office.desk, Acts()).from_conversation(asked("你好", "路灯坏了", "转人工"), origin=ORIGIN)
    assert draft.content.content == "路灯坏了"


def test_where_nothing_but_a_call_for_a_person_was_said_that_is_the_content(office: MemoryDesk) -> None:
    draft = a_drafter(office.desk, Acts()).from_conversation(asked("转人工"), origin=ORIGIN)
    assert draft.content.content == "转人工"
    assert office.desk.submit(draft, Contact(), "系统").order.content.title == "转人工"


def test_an_emergency_is_critical(office: MemoryDesk) -> None:
    drafter = a_drafter(office.desk, Acts())
    assert drafter.from_call("楼上着火了", jurisdiction="990102").content.urgency is Urgency.CRITICAL
    assert drafter.from_call("路灯坏了", jurisdiction="990102").content.urgency is Urgency.NORMAL


def test_a_region_outside_the_one_served_does_not_count(drafter: WorkOrderDrafter) -> None:
    assert drafter.from_call("安和区的路灯坏了", jurisdiction="990102").content.jurisdiction == "990102"
    assert drafter.from_call("路灯坏了", jurisdiction=None).content.jurisdiction == "990100"


def test_earlier_orders_of_the_caller_and_similar_open_ones_are_linked(office: MemoryDesk, drafter: WorkOrderDrafter) -> None:
    first = office.desk.submit(a_draft(), A_CONTACT, "甲").order
    other = office.desk.submit(a_draft(), Contact(phone="13900000000"), "甲").order
    draft = drafter.from_call("幸福路口夜间施工噪声扰民，每天夜里两点还在施工", jurisdiction="990102", contact=A_CONTACT)
    assert (draft.earlier, draft.similar) == ((first.number,), (other.number,))


def test_completing_after_an_edit_renews_what_follows_from_the_content(office: MemoryDesk, drafter: WorkOrderDrafter) -> None:
    draft = drafter.from_call("我要投诉噪声", jurisdiction="990100")
    office.now += timedelta(days=1)
    edited = replace(draft.content, request_type=RequestType.HELP, wish="请处理，电话13800005678", place="幸福路", urgency=Urgency.URGENT)
    completed = drafter.complete(replace(draft, content=edited))
    assert completed.deadline is not None
    assert (completed.deadline.working_days, completed.missing) == (3, ())
    assert completed.content.wish == "请处理，电话【手机号】"
    assert completed.suggestions == draft.suggestions


def test_a_bad_phone_number_is_among_what_is_missing(drafter: WorkOrderDrafter) -> None:
    draft = drafter.from_call(NOTES, jurisdiction="990100", contact=Contact(phone="12"))
    assert draft.missing == ("联系电话的位数不对，请核对；没有电话可以留空",)


def test_what_a_person_changed_is_theirs(drafter: WorkOrderDrafter) -> None:
    content = drafter.from_call(NOTES, jurisdiction="990100").content
    edited = confirmed(content, replace(content, title="工地夜间施工"))
    assert content.machine_filled - edited.machine_filled == {"title"}


@pytest.mark.parametrize("notes", ["", "   ", "？", "12345"])
def test_hardly_anything_said_makes_a_draft_all_the_same(drafter: WorkOrderDrafter, notes: str) -> None:
    assert drafter.from_call(notes, jurisdiction="990100").content.content == notes.strip()
