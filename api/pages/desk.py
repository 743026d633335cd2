"""The operator's desk: one screen that follows a call. Every action works as a plain form; scripts only make it quicker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from api.access.guards import signed_in
from api.access.models import Account, Role
from api.asking import usual_region
from api.container import Container
from api.dependencies import UsedContainer
from api.desk_calls import AnswerMovedOn, Call, DeskRoom, card_of, keep_answer, mark_wrong
from api.pages.acts import note_act
from api.pages.near_regions import near_region_names
from api.pages.rendering import STYLES, pages_of
from assistant.hotline.desk_models import DeskCard
from assistant.hotline.models import WorkOrder
from knowledge_base.errors import UnknownRegion

router = APIRouter(include_in_schema=False)

Operator = Annotated[Account, Depends(signed_in(Role.OPERATOR, Role.ADMINISTRATOR))]
PLAIN = "plain"
SCRIPTS = ("desk-call", "desk-keys", "desk-answer", "call-timer", "call-history", "waiting-count")
MOVED_ON = "政策库刚刚有更新，答案已经变化，没有保存。请看新的答案后再操作。"
NO_ANSWER = "还没有答案可以标记。请先在来电记录里写下来电人的问题。"
MARKED = "已标记为答错，原因已经记下，管理员会核对。"


@dataclass(frozen=True, slots=True)
class CallForm:
    """The fields of the desk's one form."""

    notes: str
    phone: str
    region: str
    level: str
    choice: str
    call: str
    seen: str
    answer_id: str

    def as_call(self) -> Call:
        return Call(self.call or uuid4().hex, self.notes, self.region, self.level == PLAIN, self.choice, self.seen)


def _call_form(
    notes: Annotated[str, Form(max_length=4000)] = "",
    phone: Annotated[str, Form(max_length=40)] = "",
    region: Annotated[str, Form(max_length=60)] = "",
    level: Annotated[str, Form(max_length=10)] = "formal",
    choice: Annotated[str, Form(max_length=200)] = "",
    call: Annotated[str, Form(max_length=64, pattern=r"^[0-9a-zA-Z-]*$")] = "",
    seen: Annotated[str, Form(max_length=32)] = "",
    answer_id: Annotated[str, Form(max_length=64)] = "",
) -> CallForm:
    return CallForm(notes, phone, region, level, choice, call, seen, answer_id)


UsedForm = Annotated[CallForm, Depends(_call_form)]


@router.get("/desk")
def show_desk(request: Request, container: UsedContainer, _operator: Operator) -> HTMLResponse:
    return _page(request, container, _blank_form(container), DeskCard(""))


@router.post("/desk")
def show_card(request: Request, container: UsedContainer, _operator: Operator, form: UsedForm) -> HTMLResponse:
    """The whole screen with the card: what the form does without JavaScript. Sending it is a use, so the answer is kept."""
    call = form.as_call()
    try:
        card = card_of(container, call)
    except UnknownRegion as error:
        return _page(request, container, form, DeskCard(form.notes), fault=str(error))
    answer_id = container.desk().keep(card) if card.record else ""
    return _page(request, container, form, card, call_id=call.id, answer_id=answer_id)


@router.post("/desk/card")
async def card_fragment(request: Request, container: UsedContainer, _operator: Operator, form: UsedForm) -> Response:
    """What changes with the typing; 204 where a newer request of the same call has come meanwhile."""
    room: DeskRoom = request.app.state.desk_room
    try:
        card = await room.card(form.as_call())
    except UnknownRegion as error:
        return pages_of(request).render(request, "desk/result.html", _facts(container, form, DeskCard(form.notes), fault=str(error)))
    if card is None:
        return Response(status_code=204)
    facts = _facts(container, form, card)
    return HTMLResponse(await run_in_threadpool(pages_of(request).html, request, "desk/result.html", facts))


@router.post("/desk/answers")
def keep_shown_answer(container: UsedContainer, _operator: Operator, form: UsedForm) -> Response:
    """Keeps the answer on screen once it is used; 409 where it has changed since."""
    try:
        return JSONResponse({"answer_id": keep_answer(container, form.as_call())})
    except AnswerMovedOn:
        return JSONResponse({"detail": MOVED_ON}, 409)


@router.post("/desk/wrong")
def mark_answer_wrong(
    request: Request,
    container: UsedContainer,
    operator: Operator,
    form: UsedForm,
    reason: Annotated[str, Form(max_length=40)] = "",
    comment: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    said = _marked(request, container, operator, form, reason, comment)
    if request.headers.get("x-fragment"):
        return pages_of(request).render(request, "desk/said.html", {"said": said})
    return _page(request, container, form, card_of(container, form.as_call()), said=said)


def _marked(request: Request, container: Container, operator: Account, form: CallForm, reason: str, comment: str) -> str:
    """What to tell the operator."""
    if reason not in container.desk_rules.wrong_reasons:
        return "没有选择原因，没有标记。请选一个原因后再提交。"
    try:
        answer_id = form.answer_id or keep_answer(container, form.as_call())
    except AnswerMovedOn:
        return MOVED_ON
    if not answer_id:
        return NO_ANSWER
    mark_wrong(container, answer_id, reason, comment)
    note_act(request, container, operator, "answer_marked_wrong", answer_id, reason=container.desk_rules.wrong_reasons[reason])
    return MARKED


@router.post("/desk/history")
def show_history(request: Request, container: UsedContainer, _operator: Operator, form: UsedForm) -> Response:
    if request.headers.get("x-fragment"):
        return pages_of(request).render(request, "desk/history.html", {"phone": form.phone, "orders": _earlier(container, form.phone)})
    return _page(request, container, form, card_of(container, form.as_call()), orders=_earlier(container, form.phone))


@router.get("/desk/waiting")
def count_waiting(request: Request, container: UsedContainer, _operator: Operator) -> HTMLResponse:
    return pages_of(request).render(request, "desk/waiting.html", {"waiting": _waiting(container)})


def _page(request: Request, container: Container, form: CallForm, card: DeskCard, **more: Any) -> HTMLResponse:
    call_id = more.pop("call_id", "") or form.call or uuid4().hex
    facts = _facts(container, form, card, **more) | {
        "styles": (*STYLES, "desk", "desk-card", "keys-sheet"),
        "scripts": SCRIPTS,
        "call_id": call_id,
        "regions": near_region_names(container),
        "usual_region": _usual_region_name(container),
        "waiting": _waiting(container),
    }
    return pages_of(request).render(request, "desk/desk.html", facts)


def _facts(container: Container, form: CallForm, card: DeskCard, **more: Any) -> dict[str, Any]:
    rules = container.desk_rules
    usual = {"fault": "", "said": "", "orders": None, "answer_id": form.answer_id}
    return usual | {"form": form, "phone": form.phone, "card": card, "keys": rules.keys, "wrong_reasons": rules.wrong_reasons} | more


def _blank_form(container: Container) -> CallForm:
    return CallForm("", "", _usual_region_name(container), "formal", "", uuid4().hex, "", "")


def _usual_region_name(container: Container) -> str:
    region = usual_region(container)
    return container.region_name(region.code) if region else ""


def _earlier(container: Container, phone: str) -> tuple[WorkOrder, ...]:
    """Newest first."""
    return container.work_orders.earlier_of(phone) if phone.strip() else ()


def _waiting(container: Container) -> int:
    return len(container.handoffs.waiting())
