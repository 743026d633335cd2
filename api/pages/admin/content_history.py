"""Versions of edited content in the console: what each changed, and back to an older one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.dependencies import UsedContainer
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.content_acts import UsedKind, base_of, refresh_where_needed
from knowledge_base.content.errors import FaultyEntry, NothingToChange
from knowledge_base.content.models import Author, ContentKind

STYLES = ("admin-content",)
_SHOWN = 200
_PAGE = 50
Number = Annotated[int, Path(ge=1, le=2_000_000_000)]


def show_history(
    request: Request,
    container: UsedContainer,
    kind: UsedKind,
    _reader: ConsoleReader,
    before: Annotated[int, Query(ge=0, le=2_000_000_000)] = 0,
) -> HTMLResponse:
    desk = container.content.desk
    versions = desk.store.versions(kind.id, _PAGE, before or None)
    older = versions[-1].number if versions and versions[-1].number > 1 else 0
    facts = {"kind": kind.table, "base": base_of(kind), "versions": versions, "older": older}
    return admin_page(request, "content_history.html", facts, styles=STYLES)


def show_version(request: Request, container: UsedContainer, kind: UsedKind, _reader: ConsoleReader, number: Number) -> HTMLResponse:
    return _version_page(request, container, kind, number)


def restore(
    request: Request,
    container: UsedContainer,
    kind: UsedKind,
    administrator: Administrator,
    number: Number,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    desk = container.content.desk
    if not reason.strip():
        return _version_page(request, container, kind, number, fault="请写明恢复的原因。", status=422)
    try:
        version = desk.restore(kind.id, number, Author(administrator.name, reason.strip()))
    except (NothingToChange, FaultyEntry) as error:
        return _version_page(request, container, kind, number, fault=str(error), status=422)
    after = f"第{version.number}版，{version.size}{kind.table.unit}有变化"
    note_act(request, container, administrator, "content_restored", f"{kind.table.label} 第{number}版", reason=reason, after=after)
    return done(f"{base_of(kind)}/history", f"已恢复到第{number}版的内容，为第{version.number}版。" + refresh_where_needed(container, kind))


def _version_page(
    request: Request, container: UsedContainer, kind: ContentKind, number: int, *, fault: str = "", status: int = 200
) -> HTMLResponse:
    desk = container.content.desk
    differences = desk.differences(kind.id, number)
    facts = {
        "kind": kind.table,
        "base": base_of(kind),
        "version": desk.store.versions(kind.id, 1, number + 1)[0],
        "newest": desk.store.number(kind.id),
        "differences": differences[:_SHOWN],
        "left_off": max(0, len(differences) - _SHOWN),
        "fault": fault,
    }
    return admin_page(request, "content_version.html", facts, status=status, styles=STYLES)
