"""Backups in the console: which there are, one more now, whether one is sound, back to one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.backups.errors import BackupError
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act

router = APIRouter(include_in_schema=False)
_PAGE = "/admin/backups"


@router.get(_PAGE)
def show_backups(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    return _page(request, container)


@router.post(_PAGE)
def back_up_now(request: Request, container: UsedContainer, administrator: Administrator) -> Response:
    container.work.submit("backup", administrator.name)
    note_act(request, container, administrator, "backup_requested", "backup")
    return done(_PAGE, "已开始备份，服务照常运行。完成后刷新页面就能看到。")


@router.post(_PAGE + "/{name}/check")
def check_backup(request: Request, container: UsedContainer, administrator: Administrator, name: str) -> Response:
    try:
        desk = container.backups.desk
        manifest = desk.check(desk.find(name).path)
    except BackupError as error:
        return _page(request, container, error)
    note_act(request, container, administrator, "backup_checked", name)
    return done(_PAGE, f"“{name}”完好：{len(manifest.files)} 个文件逐个核对过，{sum(manifest.rows.values())} 行记录。")


@router.post(_PAGE + "/{name}/restore")
def restore_backup(
    request: Request,
    container: UsedContainer,
    administrator: Administrator,
    name: str,
    reason: Annotated[str, Form(max_length=300)] = "",
    sure: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    try:
        backup = container.backups.desk.find(name)
    except BackupError as error:
        return _page(request, container, error)
    if not reason.strip() or not sure:
        return _page(request, container, "没有恢复：请写明理由，并勾选“我知道现在的内容会被替换”。")
    note_act(request, container, administrator, "backup_restore_requested", backup.name, reason=reason.strip())
    container.work.submit("restore_backup", f"{backup.name} {administrator.name}")
    return done(_PAGE, "正在恢复：先为现状做一份备份，再换回去，然后服务重新载入（几秒到几分钟）。之后可能需要重新登录。")


def _page(request: Request, container: Container, fault: BackupError | str = "") -> HTMLResponse:
    settings, routine = container.settings, container.backups
    facts = {
        "backups": routine.desk.backups(),
        "failure": routine.last_failure(),
        "folder": settings.backup_folder,
        "elsewhere": settings.backup_upload,
        "at": settings.backup_at,
        "keep": settings.backup_keep,
        "fault": str(fault),
    }
    status = 200 if not fault else 422 if isinstance(fault, str) else status_of(fault)
    return admin_page(request, "backups.html", facts, status=status)
