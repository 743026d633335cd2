"""One old answer in the console: what was asked, what was found and why, and what was said."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import UsedContainer
from api.errors import PageNotFound
from api.forgetting import forget_conversation
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done
from api.pages.admin.search import STEPS
from api.replay import replay

router = APIRouter(include_in_schema=False)

_PAGE = "/admin/audit/answers"


@router.get(_PAGE, response_model=None)
def find_answer(request: Request, container: UsedContainer, _reader: ConsoleReader, id: str = "") -> HTMLResponse | RedirectResponse:  # noqa: A002 - the name in the address
    """A field for an answer's number, or the newest answers of a conversation."""
    wanted = id.strip()[:64]
    if wanted and container.conversations.get(wanted):
        return RedirectResponse(f"{_PAGE}/{wanted}", 303)
    records = container.conversations.records_of(wanted) if wanted else ()
    facts = {"wanted": wanted, "records": records, "fault": "没有这个编号的答复或对话。请核对编号；超过保存期限的已经删除。"}
    known = not wanted or records
    return admin_page(
        request, "answers.html", facts | ({"fault": ""} if known else {}), status=200 if known else 404, styles=("admin-audit",)
    )


@router.post("/admin/audit/conversations/{conversation_id}/delete")
def delete_conversation(
    request: Request, container: UsedContainer, by: Administrator, conversation_id: str, reason: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """For good; the reason is kept in the audit trail."""
    if not reason.strip():
        facts = {"wanted": conversation_id, "records": container.conversations.records_of(conversation_id), "fault": "请写明删除的原因。"}
        return admin_page(request, "answers.html", facts, status=422, styles=("admin-audit",))
    address = request.client.host if request.client else ""
    _, forgotten = forget_conversation(container, conversation_id, by.name, reason, address)
    return done(_PAGE, f"已删除：{forgotten}。")


@router.get(_PAGE + "/{answer_id}")
def show_answer(request: Request, container: UsedContainer, _reader: ConsoleReader, answer_id: str) -> HTMLResponse:
    record = container.conversations.get(answer_id)
    if record is None:
        raise PageNotFound("没有这个编号的答复。请核对编号；超过保存期限的已经删除。")
    search = record.search
    facts = {
        "replay": replay(container, record),
        "record": record,
        "place": container.place_name(search.jurisdiction if search else record.question.jurisdiction),
        "ratable": record.answer.status in container.ratings.rules.kinds,
        "said_of_it": container.conversations.feedback_on(answer_id),
        "step_names": STEPS | {"desk": "坐席台查找"},
    }
    return admin_page(request, "answer.html", facts, styles=("admin-audit",))
