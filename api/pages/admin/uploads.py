"""Files handed in by hand: many at once with progress, or by a plain form; what became of each; another try for one that failed."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.policies import POLICY_STYLES
from api.pages.admin.upload_room import UploadRoom
from knowledge_base.intake.errors import FileRefused
from knowledge_base.intake.models import DraftFilter, DraftState, Upload, UploadState

router = APIRouter(include_in_schema=False)

_SHOWN = 100
_SCRIPTS = ("upload-queue", "fresh-list")
_FAMILIES = (
    ("PDF", {".pdf"}),
    ("Word 和 WPS 文字（.docx、.doc、.wps）", {".docx", ".doc", ".wps"}),
    ("网页（.html）", {".html"}),
    ("文本（.txt、.md）", {".txt", ".md"}),
    ("表格（.xlsx、.csv）", {".xlsx", ".csv"}),
    ("图片（.jpg、.png、.tif）", {".jpg", ".png", ".tif"}),
    ("压缩包（.zip）", {".zip"}),
)
_UNFINISHED = (UploadState.WAITING, UploadState.READING)


async def _room(request: Request) -> UploadRoom:
    room: UploadRoom = request.app.state.upload_room
    return room


UsedRoom = Annotated[UploadRoom, Depends(_room)]


@router.get("/admin/uploads")
def show_uploads(
    request: Request,
    container: UsedContainer,
    _reader: ConsoleReader,
    state: str = "",
    document: Annotated[str, Query(max_length=200)] = "",
) -> HTMLResponse:
    facts = _list_facts(container, state) | {
        "document": container.documents.latest(document) if document else None,
        "open_repeals": len(container.intake.proposals()),
        "limit_mb": container.settings.max_upload_mb,
        "families": [name for name, suffixes in _FAMILIES if suffixes <= container.intake.suffixes],
        "suffixes": sorted(container.intake.suffixes),
    }
    return admin_page(request, "uploads.html", facts, styles=POLICY_STYLES, scripts=_SCRIPTS)


@router.get("/admin/uploads/list")
def show_list(request: Request, container: UsedContainer, _reader: ConsoleReader, state: str = "") -> HTMLResponse:
    """The list alone, for a page that keeps itself up to date."""
    return admin_page(request, "upload_list.html", _list_facts(container, state))


@router.post("/admin/uploads/file")
async def take_file(
    request: Request,
    container: UsedContainer,
    room: UsedRoom,
    by: Administrator,
    name: Annotated[str, Query(min_length=1, max_length=500)],
    document: Annotated[str, Query(max_length=200)] = "",
) -> JSONResponse:
    """One file as the body of the request; 201 with the id of the upload."""
    upload = await room.receive(name, request.stream(), by.name, document)
    note_act(request, container, by, "file_uploaded", upload.name, after=f"{upload.size} 字节")
    return JSONResponse({"id": upload.id, "name": upload.name}, 201)


@router.post("/admin/uploads")
def take_files(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    files: Annotated[list[UploadFile] | None, File()] = None,
    document: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """An ordinary form with several files, for browsers without JavaScript."""
    room: UploadRoom = request.app.state.upload_room
    taken, refused = 0, []
    for file in files or ():
        if not file.filename:
            continue
        try:
            upload = room.receive_stream(file.filename, file.file, by.name, document)
        except FileRefused as error:
            refused.append(f"{error.name}（{error.reason}）")
            continue
        note_act(request, container, by, "file_uploaded", upload.name, after=f"{upload.size} 字节")
        taken += 1
    if not taken and not refused:
        return done("/admin/uploads", "没有选择文件。请先选择文件，再按“上传”。")
    words = f"收下 {taken} 个文件，正在排队读取。" + (f"没有收下 {len(refused)} 个：{'、'.join(refused)}。" if refused else "")
    return done("/admin/uploads", words)


@router.post("/admin/uploads/{upload_id}/retry")
def read_again(request: Request, container: UsedContainer, by: Administrator, upload_id: str) -> Response:
    upload = container.intake.upload(upload_id)
    container.work.submit("read_upload", upload.id)
    note_act(request, container, by, "upload_retried", upload.name)
    return done("/admin/uploads", f"已安排重新读取“{upload.name}”。")


def _list_facts(container: Container, state: str) -> dict[str, object]:
    uploads = container.intake.uploads(limit=_SHOWN * 2)
    chosen = state if state in set(UploadState) else ""
    shown = [upload for upload in uploads if not chosen or upload.state == chosen][:_SHOWN]
    return {
        "uploads": [(upload, _waiting_drafts(container, upload)) for upload in shown],
        "counts": Counter(upload.state for upload in uploads),
        "states": tuple(UploadState),
        "chosen": chosen,
        "is_busy": any(upload.state in _UNFINISHED for upload in uploads),
        "waiting_drafts": container.intake.count_drafts(DraftFilter(state=DraftState.WAITING)),
        "names": {account.name: account.display_name for account in container.accounts.all()},
    }


def _waiting_drafts(container: Container, upload: Upload) -> int:
    if upload.state is not UploadState.READ or not upload.draft_ids:
        return 0
    return container.intake.count_drafts(DraftFilter(state=DraftState.WAITING, upload_id=upload.id))
