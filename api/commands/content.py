"""zhengwen content: the entries that administrators edit, as spreadsheets and as versions."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.chinese_dates import chinese_moment
from api.commands.console import CommandFailed, open_container, out, progress_bars, whoever_runs_this
from api.commands.index import refresh_index
from api.container import Container
from knowledge_base.content.kind_tables import kind_tables
from knowledge_base.content.models import Author, ImportPreview
from knowledge_base.errors import KnowledgeBaseError

app = typer.Typer(
    help="内容：办事指南、部门、行政区划、意图样例、派单规则、词表、用语、热门问题的表格导入导出和历史。", no_args_is_help=True
)
_NAMES = "、".join(kind_tables())
Kind = Annotated[str, typer.Argument(help=f"内容的种类：{_NAMES}")]
_SHOWN = 20


@app.command("export")
def export_content(kind: Kind, path: Annotated[Path, typer.Argument(help="写到哪个 .xlsx 文件")]) -> None:
    """导出为表格；改完可以再导入。"""
    container = open_container()
    sheet = container.content.sheet(_known(kind))
    try:
        path.write_bytes(sheet)
    except OSError as error:
        raise CommandFailed(f"写不了 {path}。请检查文件夹是否存在、能不能写。") from error
    out.print(f"已导出{kind_tables()[kind].label}到 {path}。", markup=False)


@app.command("import")
def import_content(
    kind: Kind,
    path: Annotated[Path, typer.Argument(help=".xlsx 或 .csv 文件")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示会有什么变化，不保存")] = False,
    complete: Annotated[bool, typer.Option("--complete", help="文件里没有的条目一并删除")] = False,
    reason: Annotated[str, typer.Option(help="原因，写进历史")] = "",
) -> None:
    """导入表格；有一行不对就全部不导入。"""
    container, table = open_container(), kind_tables()[_known(kind)]
    if not path.is_file():
        raise CommandFailed(f"找不到文件 {path}。请检查路径。")
    rows = container.content.read_sheet(path.name, path.read_bytes(), table)
    preview = container.content.imports.preview(kind, rows, complete=complete)
    _show(preview, table.unit)
    if preview.faults:
        raise CommandFailed(f"有 {len(preview.faults)} 处需要改正，没有导入。请改好后重试。")
    if dry_run or not preview.size:
        return
    author = Author(whoever_runs_this(), reason or f"导入 {path.name}")
    version = container.content.desk.apply(kind, preview.number, preview.states, author)
    out.print(f"已导入，为第 {version.number} 版。")
    if table.indexed:
        _refresh(container)


@app.command()
def history(kind: Kind, limit: Annotated[int, typer.Option(min=1, help="最近多少版")] = 20) -> None:
    """列出各个版本，新的在前。"""
    container, table = open_container(), Table("版本", "时间", "变化", "条目", "由谁", "原因")
    for version in container.content.desk.store.versions(_known(kind), limit):
        note = version.note
        table.add_row(str(version.number), _moment(note.at), note.change.label, str(version.size), note.by, note.reason)
    out.print(table if table.row_count else "还没有改动，都是随程序提供的内容。")


def _known(kind: str) -> str:
    if kind not in kind_tables():
        raise CommandFailed(f"没有“{kind}”这种内容。可以用：{_NAMES}。")
    return kind


def _show(preview: ImportPreview, unit: str) -> None:
    if not preview.size and not preview.faults:
        out.print(f"没有变化（{preview.unchanged} {unit}与现在相同）。")
        return
    counts = f"新增 {len(preview.added)}，修改 {len(preview.changed)}，删除 {len(preview.removed)}，不变 {preview.unchanged}。"
    out.print(counts)
    for difference in (*preview.added, *preview.changed, *preview.removed)[:_SHOWN]:
        fields = "；".join(f"{field.label}：{field.before or '空'} → {field.after or '空'}" for field in difference.fields[:3])
        out.print(f"{difference.word} {difference.title}  {fields}", markup=False)
    for fault in preview.faults[:_SHOWN]:
        out.print(str(fault), markup=False)


def _refresh(container: Container) -> None:
    try:
        with progress_bars() as say:
            out.print(refresh_index(container, say), markup=False)
    except KnowledgeBaseError as error:
        raise CommandFailed(f"内容已导入，但索引没有更新：{error}请稍后运行 zhengwen index refresh。") from error


def _moment(at: datetime) -> str:
    return chinese_moment(at)
