"""查进度: an order's steps for whoever knows its number and the last digits of the phone. Neither ever stands in an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from api.citizen_limits import TooManyTries
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.pages.rendering import pages_of
from api.visitor import client_address
from assistant.hotline.errors import HotlineError
from assistant.hotline.models import OrderProgress, OrderState, Satisfaction
from assistant.surveys.models import Invitation, SurveySubject

router = APIRouter(include_in_schema=False)

Number = Annotated[str, Form(max_length=40)]
Suffix = Annotated[str, Form(max_length=20)]


@router.get("/progress")
def show_form(request: Request) -> HTMLResponse:
    return _page(request)


@router.post("/progress")
def look_up(request: Request, container: UsedContainer, number: Number = "", suffix: Suffix = "") -> HTMLResponse:
    if not number.strip() or not suffix.strip():
        return _page(request, number, suffix, fault="请填写工单编号，以及电话后四位或查询码。", status=422)
    try:
        return _page(request, number, suffix, _found(request, container, number, suffix))
    except (HotlineError, TooManyTries) as error:
        return _page(request, number, fault=str(error), status=status_of(error))


@router.post("/progress/rating")
def rate(
    request: Request,
    container: UsedContainer,
    number: Number = "",
    suffix: Suffix = "",
    satisfaction: Annotated[Satisfaction | None, Form()] = None,
    comment: Annotated[str, Form(max_length=500)] = "",
    resolved: Annotated[str, Form(max_length=20)] = "",
) -> HTMLResponse:
    try:
        progress = _found(request, container, number, suffix)
        if satisfaction is None:
            return _page(request, number, suffix, progress, "请先选择一项评价，再提交。", 422)
        rated = container.work_orders.rate(number, suffix, satisfaction, comment)
        _keep_survey(container, rated, {"resolved": resolved})
    except (HotlineError, TooManyTries) as error:
        return _page(request, number, fault=str(error), status=status_of(error))
    return _page(request, number, suffix, rated, said=f"谢谢您的评价：{satisfaction.label}。")


@router.post("/progress/survey")
def answer_survey(
    request: Request,
    container: UsedContainer,
    number: Number = "",
    suffix: Suffix = "",
    resolved: Annotated[str, Form(max_length=20)] = "",
    comment: Annotated[str, Form(max_length=500)] = "",
) -> HTMLResponse:
    """For an order that was followed up: what the follow-up did not ask."""
    try:
        progress = _found(request, container, number, suffix)
    except (HotlineError, TooManyTries) as error:
        return _page(request, number, fault=str(error), status=status_of(error))
    words = container.insight.surveys.questionnaire.words
    if progress.state not in (OrderState.FOLLOWED_UP, OrderState.CLOSED):
        return _page(request, number, suffix, progress, "工单办结以后才能填写问卷，请等收到答复以后再来。", 409)
    if _survey(container, progress) is None:
        return _page(request, number, suffix, progress, said=words["again"])
    if not _keep_survey(container, progress, {"resolved": resolved, "comment": comment}):
        return _page(request, number, suffix, progress, words["nothing"], 422)
    return _page(request, number, suffix, progress, said=words["thanks"])


def _keep_survey(container: Container, progress: OrderProgress, given: Mapping[str, str]) -> bool:
    kept = container.insight.surveys.answer_if_said(SurveySubject.ORDER, progress.number, given)
    if kept:
        container.metrics.surveys.labels(SurveySubject.ORDER.value).inc()
    return kept


def _survey(container: Container, progress: OrderProgress | None) -> Invitation | None:
    return container.insight.surveys.invitation(SurveySubject.ORDER, progress.number) if progress else None


def _found(request: Request, container: Container, number: str, suffix: str) -> OrderProgress:
    """Raises ProgressNotFound, TooManyTries."""
    with container.limits.failures("progress", address=client_address(request), number=number):
        return container.work_orders.progress(number, suffix)


def _page(
    request: Request,
    number: str = "",
    suffix: str = "",
    progress: OrderProgress | None = None,
    fault: str = "",
    status: int = 200,
    said: str = "",
) -> HTMLResponse:
    pages = pages_of(request)
    survey = _survey(request.app.state.container, progress)
    facts = {"survey": survey, "number": number, "suffix": suffix, "progress": progress, "fault": fault, "said": said}
    response = pages.render(request, "progress.html", facts, status)
    response.headers["Cache-Control"] = "no-store"
    return response
