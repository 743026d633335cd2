"""Repeals that published texts speak of (同时废止), one button each to confirm, or declined with a reason."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.policies import POLICY_STYLES
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.intake.models import RepealProposal

router = APIRouter(include_in_schema=False)


@router.get("/admin/repeals")
def list_repeals(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    return _page(request, container)


@router.post("/admin/repeals/{proposal_id}/confirm")
def confirm(request: Request, container: UsedContainer, by: Administrator, proposal_id: str) -> Response:
    proposal = _named(container, proposal_id)
    try:
        revision = container.intake.confirm_repeal(proposal_id, by.name)
    except KnowledgeBaseError as error:
        return _page(request, container, fault=error)
    reason = f"据《{proposal.repealed_by_title}》" if proposal else ""
    note_act(
        request, container, by, "repeal_confirmed", f"《{revision.metadata.title}》", reason=reason, after=f"{revision.repealed_on} 起废止"
    )
    container.work.submit("refresh_index")
    return done("/admin/repeals", f"已登记《{revision.metadata.title}》自{revision.repealed_on}起废止。")


@router.post("/admin/repeals/{proposal_id}/decline")
def decline(
    request: Request, container: UsedContainer, by: Administrator, proposal_id: str, reason: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    proposal = _named(container, proposal_id)
    try:
        container.intake.decline_repeal(proposal_id, by.name, reason.strip())
    except KnowledgeBaseError as error:
        return _page(request, container, fault=error)
    title = f"《{proposal.title}》" if proposal else proposal_id
    note_act(request, container, by, "repeal_declined", title, reason=reason.strip())
    return done("/admin/repeals", f"已记录：不废止{title}。")


def _named(container: Container, proposal_id: str) -> RepealProposal | None:
    return next((each for each in container.intake.proposals() if each.id == proposal_id), None)


def _page(request: Request, container: Container, *, fault: KnowledgeBaseError | None = None) -> HTMLResponse:
    facts = {"proposals": container.intake.proposals(), "fault": str(fault) if fault else ""}
    return admin_page(request, "repeals.html", facts, status=status_of(fault) if fault else 200, styles=POLICY_STYLES)
