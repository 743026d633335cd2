"""The supervisor's view: what waits, what is due, and which answers were not good enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.guards import signed_in
from api.access.models import Account, Role
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.pages.acts import note_act
from api.pages.desk_orders import ORDER_SCRIPTS, ORDER_STYLES
from api.pages.order_view import OrderView, view_order
from api.pages.rendering import pages_of
from assistant.answer_status import AnswerStatus
from assistant.handoff.errors import HandoffError
from assistant.handoff.models import Handoff
from assistant.hotline.models import OrderFilter, OrderState
from assistant.models import AnswerFeedback, AnswerRecord, FeedbackKind

router = APIRouter(include_in_schema=False)

Supervisor = Annotated[Account, Depends(signed_in(Role.SUPERVISOR))]
_LOOKED_BACK = timedelta(hours=24)
_SHOWN = 20
_STILL_DUE = (OrderState.ACCEPTED, OrderState.DISPATCHED, OrderState.IN_PROGRESS)
_NOT_GOOD_ENOUGH = (AnswerStatus.NO_EVIDENCE, AnswerStatus.CHECK_FAILED, AnswerStatus.FAILED, AnswerStatus.INDEX_NOT_READY)
_COMPLAINTS = (FeedbackKind.WRONG, FeedbackKind.NOT_HELPFUL)


@dataclass(frozen=True, slots=True)
class SaidOfAnswer:
    """A complaint about an answer, with the question it answered."""

    record: AnswerRecord
    said: AnswerFeedback


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows. `near` are due within a few working days or late, soonest first."""

    waiting: tuple[Handoff, ...]
    longest_wait_min: int
    undispatched: int
    supervised: int
    near: tuple[OrderView, ...]
    unanswered: tuple[AnswerRecord, ...]
    complaints: tuple[SaidOfAnswer, ...]
    drafts: tuple[AnswerRecord, ...]

    @property
    def late(self) -> int:
        return sum(view.due_tone == "danger" for view in self.near)


@router.get("/desk/supervision")
def show_supervision(request: Request, container: UsedContainer, _supervisor: Supervisor) -> HTMLResponse:
    return _page(request, container)


@router.post("/desk/supervision/answers/{answer_id}/release")
def release_answer(request: Request, container: UsedContainer, supervisor: Supervisor, answer_id: str) -> Response:
    return _decided(request, container, lambda: container.releases.release(answer_id, supervisor.name), supervisor, "answer_released")


@router.post("/desk/supervision/answers/{answer_id}/decline")
def decline_answer(
    request: Request, container: UsedContainer, supervisor: Supervisor, answer_id: str, reason: Annotated[str, Form(max_length=300)] = ""
) -> Response:
    said = container.mask(reason.strip())
    return _decided(request, container, lambda: container.releases.decline(answer_id, supervisor.name, said), supervisor, "answer_declined")


def _decided(request: Request, container: Container, decide: Callable[[], AnswerRecord], by: Account, action: str) -> Response:
    """Where somebody else was faster, the page is shown with the reason."""
    try:
        record = decide()
    except HandoffError as error:
        return _page(request, container, fault=error)
    note_act(request, container, by, action, record.answer_id, reason=record.release.reason if record.release else "")
    return RedirectResponse("/desk/supervision#drafts", 303)


def _page(request: Request, container: Container, fault: HandoffError | None = None) -> HTMLResponse:
    facts = {"overview": overview(container), "fault": str(fault) if fault else "", "styles": ORDER_STYLES, "scripts": ORDER_SCRIPTS}
    return pages_of(request).render(request, "desk/supervision.html", facts, status=status_of(fault) if fault else 200)


def overview(container: Container) -> Overview:
    desk, now = container.work_orders, container.clock()
    waiting = container.handoffs.waiting()
    return Overview(
        waiting=waiting[:_SHOWN],
        longest_wait_min=_minutes(now, waiting[0].requested_at) if waiting else 0,
        undispatched=desk.count(OrderFilter(states=(OrderState.ACCEPTED,))),
        supervised=sum(order.supervised for order in desk.find(OrderFilter(states=_STILL_DUE, limit=1000))),
        near=_near(container),
        unanswered=container.conversations.recent(now - _LOOKED_BACK, _NOT_GOOD_ENOUGH, _SHOWN),
        complaints=_complaints(container, now - _LOOKED_BACK),
        drafts=container.releases.waiting(_SHOWN),
    )


def _near(container: Container) -> tuple[OrderView, ...]:
    # Two working days are at most eleven days away: the long holidays with the days off around them.
    soon = container.today() + timedelta(days=11)
    due = container.work_orders.find(OrderFilter(states=_STILL_DUE, due_before=soon, limit=200))
    views = (view_order(container, order) for order in due)
    return tuple(view for view in views if view.due_tone in ("danger", "notice"))


def _complaints(container: Container, since: datetime) -> tuple[SaidOfAnswer, ...]:
    pairs = container.conversations.recently_said(since, _COMPLAINTS, _SHOWN)
    records = ((container.conversations.get(answer_id), said) for answer_id, said in pairs)
    return tuple(SaidOfAnswer(record, said) for record, said in records if record)


def _minutes(now: datetime, then: datetime) -> int:
    return max(0, int((now - then).total_seconds() // 60))
