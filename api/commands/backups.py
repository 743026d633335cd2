"""zhengwen backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.backups.assembly import assemble_backups
from api.backups.backup_desk import BackupDesk
from api.backups.models import Backup
from api.commands.console import CommandFailed, out, print_rows, progress_bars, read_settings, whoever_runs_this
from api.container import build_container, present_moment
from api.logs import configure_logs
from api.restored import note_restoration
from assistant.models import CHINA_TIME

_MB = 1 << 20


def backup(
    target: Annotated[Path | None, typer.Argument(help="备份文件或文件夹；不填则存入 ZHENGWEN_BACKUPS", show_default=False)] = None,
    show: Annotated[bool, typer.Option("--list", help="列出已有的备份")] = False,
    check: Annotated[str, typer.Option(help="核对一份已有的备份：名称或文件路径")] = "",
) -> None:
    """备份全部状态（数据库、原件、索引、密钥、自己的文件），服务照常运行；写完读回来核对。"""
    desk = _desk()
    if show:
        print_rows(("名称", "时间", "大小", "说明"), (_row(found) for found in desk.backups()))
    elif check:
        with progress_bars() as say:
            manifest = desk.check(_path(desk, check), say)
        out.print(f"完好：{len(manifest.files)} 个文件，{sum(manifest.rows.values())} 行记录。", markup=False)
    else:
        with progress_bars() as say:
            made = desk.make(_file(target), say)
        out.print(f"已备份并核对：{made.path}（{_size(made)}）。其中有密钥和市民留下的内容，请妥善保管。", markup=False)


def restore(
    source: Annotated[str, typer.Argument(help="备份的名称或文件路径")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """从备份恢复全部状态。先为现状做一份备份；正在运行的服务会自动重新载入。"""
    desk = _desk()
    path = _path(desk, source)
    if not yes and not typer.confirm(f"现在的内容将换成“{path.name}”里的内容（现状会先备份）。继续吗？"):
        raise CommandFailed("没有恢复。")
    with progress_bars() as say:
        present = desk.restore(path, whoever_runs_this(), say)
    # Opens the records as restored, which also brings tables of an older version up to date.
    note_restoration(build_container(read_settings()))
    said = f"恢复前的状态存为 {present.name}。" if present else ""
    out.print(f"已恢复到“{path.name}”的状态。{said}正在运行的服务会在几秒内重新载入。", markup=False)


def _desk() -> BackupDesk:
    """Without opening the records: what shall be replaced may be damaged."""
    settings = read_settings()
    configure_logs("debug" if settings.log_level == "debug" else "warning")
    return assemble_backups(settings, present_moment).desk


def _path(desk: BackupDesk, named: str) -> Path:
    given = Path(named)
    return given if given.is_file() else desk.find(given.name).path


def _file(target: Path | None) -> Path | None:
    if target is None or target.suffix == ".zip":
        return target
    return target / f"zhengwen-{present_moment():%Y%m%dT%H%M%SZ}.zip"


def _row(found: Backup) -> tuple[str, str, str, str]:
    made = f"{found.made_at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}" if found.made_at else "-"
    return found.name, made, _size(found), found.fault or "完好与否请用 --check 核对"


def _size(found: Backup) -> str:
    return f"{found.size / _MB:.1f} MB"
