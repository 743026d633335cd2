"""The settings in the console: what holds, where it comes from, and how the service is doing. Nothing can be changed here."""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import version
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.container import Container
from api.dependencies import UsedContainer, seats_of
from api.doctor.examination import examine
from api.doctor.models import Health
from api.pages.admin.console import ConsoleReader, admin_page
from api.setting_sources import SettingSource, settings_shown

router = APIRouter(include_in_schema=False)

_GB = 1024**3


@router.get("/admin/settings")
def show_settings(request: Request, container: UsedContainer, _reader: ConsoleReader, check: str = "", only: str = "") -> HTMLResponse:
    """`?check=yes` examines the installation as `zhengwen doctor` does, which takes some seconds."""
    shown = settings_shown(container.settings)
    facts = {
        "settings": [one for one in shown if one.source is not SettingSource.DEFAULT] if only == "changed" else shown,
        "only": only,
        "DEFAULT": SettingSource.DEFAULT,
        "system": _system(container),
        "findings": tuple(examine(container.settings, container)) if check == "yes" else None,
        "Health": Health,
    }
    return admin_page(request, "settings.html", facts, styles=("admin-settings",))


def _system(container: Container) -> tuple[tuple[str, str], ...]:
    settings = container.settings
    current = container.snapshots.current()
    return (
        ("版本", version("zhengwen")),
        ("Python", platform.python_version()),
        ("数据库", "PostgreSQL" if settings.records_address.startswith("postgres") else "SQLite"),
        ("数据文件夹", str(settings.home.resolve())),
        ("磁盘剩余", _free(settings.home)),
        ("向量模型", current.embedder_fingerprint if current else settings.embedder_source),
        ("当前索引", f"{current.snapshot_id}，{current.passage_count} 段" if current else "还没有"),
        ("服务进程", f"{settings.workers} 个，每个同时处理 {seats_of(settings)} 个问题"),
        ("进程之间", "经 Valkey 共用访问次数、答复缓存和任务的唤醒" if settings.valkey_url else "各记各的访问次数和答复缓存"),
        ("定时任务", "在服务进程里运行" if settings.jobs == "embedded" else "已关闭，需另行运行 zhengwen jobs"),
    )


def _free(home: Path) -> str:
    place = next((path for path in (home, *home.resolve().parents) if path.exists()), Path("/"))
    usage = shutil.disk_usage(place)
    return f"{usage.free / _GB:.1f} GB（共 {usage.total / _GB:.0f} GB）"
