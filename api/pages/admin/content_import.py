"""Spreadsheets of edited content in the console: handed in, previewed, and applied just as they were previewed."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import File, Form, Path, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.dependencies import UsedContainer
from api.pages.admin.console import Administrator, admin_page, done, note_act
from api.pages.admin.content_acts import UsedKind, base_of, refresh_where_needed
from knowledge_base.content.errors import ContentConflict, FaultyEntry, NothingToChange, UnreadableTable
from knowledge_base.content.models import Author, ContentKind, KeptUpload

STYLES = ("admin-content",)
_SHOWN = 200
_MOST_BYTES = 64 << 20
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


def show_import(request: Request, container: UsedContainer, kind: UsedKind, _administrator: Administrator) -> HTMLResponse:
    return _import_page(request, container, kind)


def take_file(
    request: Request,
    container: UsedContainer,
    kind: UsedKind,
    administrator: Administrator,
    sheet: Annotated[UploadFile | None, File()] = None,
    complete: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    if sheet is None or not sheet.filename:
        return _import_page(request, container, kind, fault="请先选择一个 .xlsx 或 .csv 文件。", status=422)
    content, name = sheet.file.read(_MOST_BYTES), sheet.filename[-120:]
    try:
        rows = container.content.read_sheet(name, content, kind.table)
    except UnreadableTable as error:
        return _import_page(request, container, kind, fault=str(error), status=422)
    digest = hashlib.sha256(b"\0".join((kind.id.encode(), complete.encode(), content))).hexdigest()
    container.content.imports.keep(KeptUpload(digest, kind.id, name, rows, bool(complete), administrator.name, container.clock()))
    return RedirectResponse(f"{base_of(kind)}/import/{digest}", 303)


def show_preview(request: Request, container: UsedContainer, kind: UsedKind, _administrator: Administrator, digest: Digest) -> HTMLResponse:
    return _preview_page(request, container, kind, digest)


def apply(
    request: Request,
    container: UsedContainer,
    kind: UsedKind,
    administrator: Administrator,
    digest: Digest,
    number: Annotated[int, Form(ge=0, le=2_000_000_000)],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    imports = container.content.imports
    upload = imports.upload(kind.id, digest)
    if upload.complete and not reason.strip():
        return _preview_page(request, container, kind, digest, fault="会删除条目，请写明原因。", status=422)
    try:
        version = imports.apply(kind.id, digest, number, Author(administrator.name, reason.strip()))
    except ContentConflict:
        fault = "预览之后又有人改过内容，下面是重新计算的变化。请再核对一遍，然后确认导入。"
        return _preview_page(request, container, kind, digest, fault=fault, status=409)
    except (FaultyEntry, NothingToChange) as error:
        return _preview_page(request, container, kind, digest, fault=str(error), status=422)
    after = f"第{version.number}版，{version.size}{kind.table.unit}有变化"
    note_act(request, container, administrator, "content_imported", f"{kind.table.label} {upload.name}", reason=reason, after=after)
    return done(
        base_of(kind), f"已导入，{version.size}{kind.table.unit}有变化，为第{version.number}版。" + refresh_where_needed(container, kind)
    )


def _import_page(request: Request, container: UsedContainer, kind: ContentKind, *, fault: str = "", status: int = 200) -> HTMLResponse:
    facts = {"kind": kind.table, "base": base_of(kind), "fault": fault}
    return admin_page(request, "content_import.html", facts, status=status, styles=STYLES)


def _preview_page(
    request: Request, container: UsedContainer, kind: ContentKind, digest: str, *, fault: str = "", status: int = 200
) -> HTMLResponse:
    imports = container.content.imports
    upload = imports.upload(kind.id, digest)
    preview = imports.preview(kind.id, upload.rows, complete=upload.complete)
    kinds_of_change = [("新增", preview.added), ("修改", preview.changed), ("删除", preview.removed)]
    facts = {
        "kind": kind.table,
        "base": base_of(kind),
        "upload": upload,
        "preview": preview,
        "changes": [(word, found[:_SHOWN], max(0, len(found) - _SHOWN)) for word, found in kinds_of_change if found],
        "faults": preview.faults[:_SHOWN],
        "fault": fault,
    }
    return admin_page(request, "content_preview.html", facts, status=status, styles=STYLES)
