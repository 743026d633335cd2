"""zhengwen guides and zhengwen departments: import service guides and the department directory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import CommandFailed, command_actor, open_container, out, progress_bars, whoever_runs_this
from api.commands.index import refresh_index
from api.content.taking import take_entries
from knowledge_base.content.models import Author

guides = typer.Typer(help="办事指南：导入、查看。", no_args_is_help=True)
departments = typer.Typer(help="部门名录：导入、查看。", no_args_is_help=True)

EntryFile = Annotated[Path, typer.Argument(help="YAML、JSONL、CSV 或 XLSX 文件")]


@guides.command("import")
def import_guides(path: EntryFile, index: Annotated[bool, typer.Option("--index/--no-index", help="导入之后是否更新索引")] = True) -> None:
    """导入办事指南；编号相同的替换。"""
    container = open_container()
    entries = tuple(container.read_guides(_existing(path)))
    take_entries(container.content, "guides", entries, Author(whoever_runs_this(), f"导入 {path.name}"))
    container.audit.record(command_actor(), "content_imported", "办事指南", path.name, after=f"{len(entries)}项")
    out.print(f"导入办事指南 {len(entries)} 项。")
    if index:
        with progress_bars() as say:
            report = refresh_index(container, say)
        out.print(report, markup=False)


@guides.command("list")
def list_guides() -> None:
    """列出办事指南。"""
    for guide in open_container().guides.all():
        out.print(f"{guide.id}  {guide.title}", markup=False)


@departments.command("import")
def import_departments(path: EntryFile) -> None:
    """导入部门名录；编号相同的替换。"""
    container = open_container()
    entries = tuple(container.read_departments(_existing(path)))
    take_entries(container.content, "departments", entries, Author(whoever_runs_this(), f"导入 {path.name}"))
    container.audit.record(command_actor(), "content_imported", "部门", path.name, after=f"{len(entries)}个")
    out.print(f"导入部门 {len(entries)} 个。")


@departments.command("list")
def list_departments() -> None:
    """列出部门名录。"""
    for department in open_container().departments.all():
        out.print(f"{department.id}  {department.name}  {department.phone}", markup=False)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise CommandFailed(f"找不到文件 {path}。请检查路径。")
    return path
