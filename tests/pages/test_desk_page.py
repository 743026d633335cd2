"""The operator's desk as a browser without JavaScript gets it, and the fragments its scripts ask for."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from selectolax.lexbor import LexborHTMLParser as Page

from api.access.models import Role
from api.container import Container
from api.desk_calls import Call, DeskRoom
from api.pages.desk import SCRIPTS
from assistant.hotline.desk_models import DeskCard
from assistant.models import FeedbackKind
from indexing.models import Passage
from indexing.passage_splitter import guide_passage, split_edition
from knowledge_base.validity import editions
from tests.factories import a_guide, a_revision, an_answer_record
from tests.fakes.containers import A_LONG_TEXT, a_container
from tests.staff_clients import a_staff_client, a_staff_member

NOTES = "居住证首次申领要什么材料"
TWO_ANSWERS = "申领居住证应当提交什么材料"
PHONE = "13912345678"


def some_passages() -> list[Passage]:
    revision = a_revision(text=A_LONG_TEXT, number=1, effective_on=date(2024, 1, 1), is_demonstration=True)
    return [guide_passage(a_guide()), *(p for edition in editions((revision,)) for p in split_edition(edition))]


@dataclass
class Seat:
    """An operator at the desk."""

    container: Container
    client: TestClient = field(repr=False)

    def page(self, **fields: str) -> Page:
        response = self.client.post("/desk", data=fields) if fields else self.client.get("/desk")
        assert response.status_code == 200, response.text
        return Page(response.text)

    def fragment(self, **fields: str) -> Page:
        response = self.client.post("/desk/card", data={"call": "c1", **fields})
        assert response.status_code == 200
        return Page(response.text)

    def answer_id(self, page: Page) -> str:
        return page.css_first("input[name=answer_id]").attributes["value"] or ""


@pytest.fixture
def seat() -> Seat:
    container = a_container(passages=some_passages())
    return Seat(container, a_staff_client(container, a_staff_member(container, Role.OPERATOR)))


def test_whoever_is_not_signed_in_is_sent_to_sign_in(client: TestClient) -> None:
    response = client.get("/desk", headers={"Accept": "text/html"})
    assert response.status_code == 303
    assert response.headers["location"].startswith("/sign-in")


def test_an_auditor_has_no_seat_here() -> None:
    container = a_container()
    auditor = a_staff_client(container, a_staff_member(container, Role.AUDITOR))
    assert auditor.get("/desk").status_code == 403
    assert auditor.post("/desk/card", data={"notes": NOTES}).status_code == 403


@pytest.mark.parametrize("address", ["/desk", "/desk/card", "/desk/answers", "/desk/wrong", "/desk/history"])
def test_a_form_without_the_token_of_the_session_is_refused(seat: Seat, address: str) -> None:
    assert seat.client.post(address, data={"notes": NOTES}, headers={"X-CSRF-Token": "forged"}).status_code == 403


def test_the_empty_desk_says_what_to_do_and_has_the_service_region(seat: Seat) -> None:
    page = seat.page()
    assert "边听边记" in page.css_first("[data-slot=answer]").text()
    assert page.css_first("input[name=region]").attributes["value"] == "示范省示范市"
    assert page.css_first("textarea[name=notes]").attributes.get("autofocus", "missing") != "missing"
    assert "示范省示范市明德区" in [option.attributes["value"] for option in page.css("datalist option")]


def test_the_form_sent_as_it_is_brings_the_card_and_keeps_the_answer(seat: Seat) -> None:
    page = seat.page(notes=NOTES, region="示范市", level="formal", call="c1")
    assert page.css_first(".card__title").text() == "居住证首次申领"
    assert "本人居民身份证" in page.css_first(".card__conclusion").text()
    assert page.css_first("textarea[name=notes]").text() == NOTES
    record = seat.container.conversations.get(seat.answer_id(page))
    assert record is not None
    assert (record.conversation_id, record.question.text) == ("c1", NOTES)


def test_the_fragment_holds_card_and_script_and_keeps_nothing(seat: Seat) -> None:
    fragment = seat.fragment(notes=NOTES)
    assert [part.attributes["data-slot"] for part in fragment.css("[data-slot]")] == ["answer", "speech"]
    assert seat.container.conversations.last_turns("c1") == ()


def test_department_provisions_and_state_are_on_the_card(seat: Seat) -> None:
    card = seat.fragment(notes=f"{NOTES}，依据的规定")
    assert "已依据办事指南答复" in card.css_first(".state").text()
    assert "0900-8880101" in card.css_first(".card__department").text()
    assert "工作日 9:00—17:00" in card.css_first(".card__department").text()


def test_a_policy_answer_names_document_provision_and_validity(seat: Seat) -> None:
    card = seat.fragment(notes="申领居住证应当提交下列材料", choice="policy:d-residence")
    head = card.css_first(".provision-card__head")
    assert "《示范市居住证管理办法》第二条" in head.text()
    assert head.css_first(".badge").text() == "现行有效"
    assert "2024年1月1日起施行" in card.css_first(".provision-card").text()


def test_an_alternative_is_a_button_of_the_form(seat: Seat) -> None:
    button = seat.fragment(notes=TWO_ANSWERS).css_first("button[name=choice]")
    assert button.attributes["form"] == "call"
    chosen = seat.page(notes=TWO_ANSWERS, choice=button.attributes["value"] or "", call="c1")
    assert chosen.css_first(".card__title").text() == "居住证首次申领"
    assert chosen.css_first("button[name=choice][value='']") is not None


def test_without_evidence_the_likely_department_stands_there_with_reasons(seat: Seat) -> None:
    routing = seat.fragment(notes="火星移民").css_first(".card__routing")
    assert "示范市公安局" in routing.text()
    assert "职责中写明" in routing.text()


def test_the_language_level_changes_the_script(seat: Seat) -> None:
    formal, plain = (seat.fragment(notes=NOTES, level=level).css_first(".speech__script").text() for level in ("formal", "plain"))
    assert "需要提交的申请材料是" in formal
    assert "要带这些" in plain
    assert "第一，" in plain


def test_an_unknown_region_is_told_beside_the_notes(seat: Seat) -> None:
    assert "火星" in seat.fragment(notes=NOTES, region="火星").css_first("[role=alert]").text()
    page = seat.page(notes=NOTES, region="火星", call="c1")
    assert page.css_first("textarea[name=notes]").text() == NOTES
    assert page.css_first("[role=alert]") is not None


def test_what_the_operator_writes_is_shown_as_text(seat: Seat) -> None:
    page = seat.page(notes="<img src=x onerror=alert(1)>居住证", call="c1")
    assert page.css_first("main img") is None


def test_notes_never_stand_in_an_address(seat: Seat) -> None:
    page = seat.page(notes="我叫张三，居住证怎么办", phone=PHONE, call="c1")
    addresses = [node.attributes.get("href") or node.attributes.get("action") or "" for node in page.css("[href], [action]")]
    assert not any("张三" in address or "%E5%BC%A0" in address or PHONE in address for address in addresses)


def test_using_the_answer_keeps_what_was_shown(seat: Seat) -> None:
    seen = seat.fragment(notes=NOTES).css_first("input[name=seen]").attributes["value"]
    kept = seat.client.post("/desk/answers", data={"call": "c1", "notes": NOTES, "seen": seen})
    record = seat.container.conversations.get(kept.json()["answer_id"])
    assert record is not None
    assert record.question.text == NOTES


def test_an_answer_that_changed_meanwhile_is_not_kept_unseen(seat: Seat) -> None:
    response = seat.client.post("/desk/answers", data={"call": "c1", "notes": NOTES, "seen": "0123456789abcdef"})
    assert response.status_code == 409
    assert "政策库刚刚有更新" in response.json()["detail"]
    assert seat.container.conversations.last_turns("c1") == ()


def test_a_wrong_answer_is_marked_with_its_reason(seat: Seat) -> None:
    page = seat.page(notes=NOTES, call="c1")
    answer_id = seat.answer_id(page)
    fields = {"notes": NOTES, "call": "c1", "answer_id": answer_id, "reason": "outdated", "comment": "电话13800138000说已经改了"}
    outcome = seat.client.post("/desk/wrong", data=fields)
    assert "已标记为答错" in Page(outcome.text).css_first("[data-said]").text()
    (feedback,) = seat.container.conversations.feedback_on(answer_id)
    assert feedback.kind is FeedbackKind.WRONG
    assert feedback.comment == "内容过时，已有新规定：电话【手机号】说已经改了"
    (event,) = seat.container.audit.events(action="answer_marked_wrong")
    assert (event.actor, event.subject) == ("zhang.san", answer_id)


def test_marking_needs_a_reason_and_an_answer(seat: Seat) -> None:
    fragment = {"X-Fragment": "1"}
    assert "请选一个原因" in seat.client.post("/desk/wrong", data={"notes": NOTES, "call": "c1"}, headers=fragment).text
    nothing = seat.client.post("/desk/wrong", data={"notes": "", "call": "c1", "reason": "other"}, headers=fragment)
    assert "还没有答案" in nothing.text


def test_the_history_of_a_number_is_listed(seat: Seat) -> None:
    page = Page(seat.client.post("/desk/history", data={"phone": PHONE, "notes": NOTES, "call": "c1"}).text)
    assert "没有查到这个号码的工单" in page.css_first("[data-slot=history]").text()
    assert page.css_first("input[name=phone]").attributes["value"] == PHONE
    assert page.css_first("textarea[name=notes]").text() == NOTES


def test_the_number_of_waiting_hand_overs_is_shown(seat: Seat) -> None:
    assert seat.page().css_first(".waiting__count").attributes["data-waiting"] == "0"
    seat.container.conversations.save(an_answer_record("a-9", "c-9"))
    seat.container.handoffs.request("c-9", "a-9", "要求转人工", None)
    assert "1 人等待" in seat.client.get("/desk/waiting").text


def test_opening_an_order_sends_notes_number_region_and_answer(seat: Seat) -> None:
    page = seat.page(notes=NOTES, phone=PHONE, call="c1")
    button = page.css_first("[data-order]")
    assert (button.attributes["form"], button.attributes["formaction"]) == ("call", "/desk/orders/new")
    names = {field.attributes["name"] for field in page.css("form#call input, form#call textarea")}
    assert {"notes", "phone", "region", "answer_id", "csrf_token"} <= names


def test_every_key_on_the_sheet_works_on_something(seat: Seat) -> None:
    page = seat.page(notes=TWO_ANSWERS, choice="policy:d-residence", call="c1")
    pressed = {code for node in page.css("[data-key]") for code in (node.attributes["data-key"] or "").split()}
    # One policy and one guide leave a single alternative.
    known = {code for name, key in seat.container.desk_rules.keys.items() if name != "second_alternative" for code in key.codes.split()}
    assert known <= pressed
    shown = {node.text() for node in page.css("dialog .key")}
    assert {key.shown for key in seat.container.desk_rules.keys.values()} <= shown


def test_the_desk_is_well_made(seat: Seat) -> None:
    page = seat.page(notes=NOTES, phone=PHONE, call="c1")
    assert len(page.css("h1")) == 1
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids))
    for labelled in page.css("main input:not([type=hidden]):not([type=radio]):not([type=checkbox]), main textarea"):
        assert page.css_first(f"label[for='{labelled.attributes['id']}']") is not None
    assert not page.css("script:not([src]), style, [style]")
    loaded = [node.attributes["src"] or "" for node in page.css("script[src]")]
    assert all(any(f"/js/{name}.js" in source for source in loaded) for name in SCRIPTS)


@dataclass
class SlowDesk:
    """Makes no card before it is told to; `made` are the notes it worked on."""

    may_go: threading.Event = field(default_factory=threading.Event)
    made: list[str] = field(default_factory=list)

    def card(self, text: str, **_: Any) -> DeskCard:
        self.made.append(text)
        assert self.may_go.wait(10)
        return DeskCard(text)


def test_of_one_call_only_the_newest_request_is_worked_on() -> None:
    slow = SlowDesk()
    room = DeskRoom(replace(a_container(), desk=lambda: slow), seats=1)

    async def typed() -> list[DeskCard | None]:
        texts = ["居住", "居住证", "居住证怎么", "居住证怎么办"]
        asked = [asyncio.create_task(room.card(Call("c1", texts[0], "", False, "")))]
        while not slow.made:
            await asyncio.sleep(0)
        asked += [asyncio.create_task(room.card(Call("c1", text, "", False, ""))) for text in texts[1:]]
        other = asyncio.create_task(room.card(Call("c2", "别的来电", "", False, "")))
        await asyncio.sleep(0)
        slow.may_go.set()
        return await asyncio.gather(*asked, other)

    # In a thread of its own: a browser of another test may keep a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        cards = thread.submit(asyncio.run, typed()).result()
    assert slow.made == ["居住", "居住证怎么办", "别的来电"]
    assert [card.text if card else None for card in cards] == ["居住", None, None, "居住证怎么办", "别的来电"]
