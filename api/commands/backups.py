"""zhengwen backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.backups.backup_desk import BackupDesk
from api.backups.models import Backup
from api.commands.console import CommandFailed, out, print_rows, progress_bars, read_settings, whoever_runs_this
from api.container import backups_on, build_container, present_moment
from api.logs import configure_logs
from api.outside_settings import is_object_folder
from api.restored import note_restoration
from assistant.models import CHINA_TIME

_MB = 1 << 20
_SCHEME = "s3://"


def backup(
    target: Annotated[
        str,
        typer.Argument(help="备份文件或文件夹；不填则存入 ZHENGWEN_BACKUPS；s3://存储桶/文件夹 则再传一份到对象存储", show_default=False),
    ] = "",
    show: Annotated[bool, typer.Option("--list", help="列出已有的备份")] = False,
    check: Annotated[str, typer.Option(help="核对一份已有的备份：名称或文件路径")] = "",
) -> None:
    """备份全部状态（数据库、原件、索引、密钥、自己的文件），服务照常运行；写完读回来核对。"""
    far = target if target.startswith(_SCHEME) else ""
    desk = _desk(far)
    if show:
        print_rows(("名称", "时间", "大小", "说明"), [*map(_row, desk.backups()), *_elsewhere(desk)])
    elif check:
        with progress_bars() as say:
            manifest = desk.check(_path(desk, check), say)
        out.print(f"完好：{len(manifest.files)} 个文件，{sum(manifest.rows.values())} 行记录。", markup=False)
    else:
        with progress_bars() as say:
            made = desk.make(_file(target) if not far else None, say)
        out.print(f"已备份并核对：{made.path}（{_size(made)}）。其中有密钥和市民留下的内容，请妥善保管。", markup=False)
        with progress_bars() as say:
            sent = desk.send(say)
        if sent and desk.elsewhere:
            out.print(f"已传到 {desk.elsewhere.address}，读回来核对过：{'、'.join(sent)}。", markup=False)


def restore(
    source: Annotated[str, typer.Argument(help="备份的名称、文件路径，或对象存储里的地址（s3://存储桶/文件夹/名称）")],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """从备份恢复全部状态。先为现状做一份备份；正在运行的服务会自动重新载入。"""
    far, _, name = source.rpartition("/") if source.startswith(_SCHEME) else ("", "", source)
    desk = _desk(far)
    path = _path(desk, name)
    if not yes and not typer.confirm(f"现在的内容将换成“{path.name}”里的内容（现状会先备份）。继续吗？"):
        raise CommandFailed("没有恢复。")
    with progress_bars() as say:
        present = desk.restore(path, whoever_runs_this(), say)
    # Opens the records as restored, which also brings tables of an older version up to date.
    settings = read_settings()
    note_restoration(build_container(settings))
    said = f"恢复前的状态存为 {present.name}。" if present else ""
    out.print(f"已恢复到“{path.name}”的状态。{said}正在运行的服务会在几秒内重新载入。", markup=False)
    if settings.index_url:
        out.print("索引在 PostgreSQL 里，不在备份中。请运行 zhengwen index refresh，让它与恢复的内容一致。", markup=False)


def _desk(far: str = "") -> BackupDesk:
    """Without opening the records: what shall be replaced may be damaged. `far`: the object folder to use in place of the settings'."""
    settings = read_settings()
    configure_logs("debug" if settings.log_level == "debug" else "warning")
    if far and not is_object_folder(far):
        raise CommandFailed(f"“{far}”不是对象存储的地址，应写成 s3://存储桶/文件夹 的样子。")
    return backups_on(settings, present_moment, far).desk


def _path(desk: BackupDesk, named: str) -> Path:
    given = Path(named)
    return given if given.is_file() else desk.bring(given.name)


def _file(target: str) -> Path | None:
    path = Path(target)
    if not target or path.suffix == ".zip":
        return path if target else None
    return path / f"zhengwen-{present_moment():%Y%m%dT%H%M%SZ}.zip"


def _elsewhere(desk: BackupDesk) -> list[tuple[str, str, str, str]]:
    """Those that are in the object storage alone."""
    if desk.elsewhere is None:
        return []
    here = {found.name for found in desk.backups()}
    return [(name, "-", "-", f"只在 {desk.elsewhere.address}") for name in desk.elsewhere.names() if name not in here]


def _row(found: Backup) -> tuple[str, str, str, str]:
    made = f"{found.made_at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}" if found.made_at else "-"
    return found.name, made, _size(found), found.fault or "完好与否请用 --check 核对"


def _size(found: Backup) -> str:
    return f"{found.size / _MB:.1f} MB"
