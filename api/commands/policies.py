"""zhengwen policies: import, list, show, repeal and restore policy documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.asking import find_region
from api.commands.console import CommandFailed, command_actor, open_container, out, parse_day, print_rows, progress_bars, whoever_runs_this
from api.commands.index import refresh_index
from api.container import Container
from api.importing import import_policies
from api.policy_listing import PolicyEntry, PolicyFilter
from api.policy_reading import CHANGE_LABELS, read_policy
from knowledge_base.import_documents import ImportReport
from knowledge_base.models import ValidityStatus

app = typer.Typer(help="政策文件：导入、查看、废止、恢复。", no_args_is_help=True)

WithIndex = Annotated[bool, typer.Option("--index/--no-index", help="改动之后是否更新索引")]
Reason = Annotated[str, typer.Option(help="为什么改动，记入修改历史")]


@app.command("import")
def import_command(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹：txt、md、html、docx、doc、pdf、xlsx、csv、jsonl")],
    index: WithIndex = True,
) -> None:
    """导入政策文件；读不了的文件列出原因，其余照常导入。有文件没有导入时退出码为 1。"""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise CommandFailed(f"找不到 {'、'.join(missing)}。请检查路径。")
    container = open_container()
    with progress_bars() as say:
        imported = import_policies(container, paths, whoever_runs_this(), say)
    container.audit.record(command_actor(), "policies_imported", "、".join(path.name for path in paths)[:200], after=str(imported))
    show_import(imported)
    if index:
        _refresh(container)
    if imported.failed:
        raise CommandFailed(f"有{len(imported.failed)}项没有导入，原因见上；其余已经导入。改正后可只重新导入这些文件。")


def show_import(imported: ImportReport) -> None:
    for warning in imported.warnings:
        out.print(f"提示：{warning}", style="yellow", markup=False)
    for failure in imported.failed:
        out.print(f"未导入 {failure.name}：{failure.reason}", style="red", markup=False)
    out.print(str(imported), markup=False)


@app.command("list")
def list_command(
    status: Annotated[ValidityStatus | None, typer.Option(help="有效性")] = None,
    region: Annotated[str, typer.Option(help="地区名称或代码")] = "",
    text: Annotated[str, typer.Option(help="标题、文号、发文机关中的文字")] = "",
    as_of: Annotated[str, typer.Option(help="按哪一天判断有效性")] = "",
) -> None:
    """列出政策文件及其有效性。"""
    container = open_container()
    codes = frozenset({find_region(container, region).code}) if region else frozenset()
    found = container.listing.entries(PolicyFilter(text, status, codes), parse_day(as_of) or container.today(), unreleased=True)
    print_rows(("编号", "标题", "发文字号", "有效性", "施行", "地区"), [_row(container, entry) for entry in found])
    out.print(f"共 {len(found)} 件。")


def _row(container: Container, entry: PolicyEntry) -> tuple[str, ...]:
    metadata = entry.metadata
    described = (entry.id, metadata.title, metadata.document_number or "", entry.status.label, entry.effective_on.isoformat())
    return (*described, container.region_name(metadata.jurisdiction))


@app.command()
def show(
    document_id: Annotated[str, typer.Argument(help="政策文件编号")],
    as_of: Annotated[str, typer.Option(help="按哪一天查看")] = "",
    edition: Annotated[int | None, typer.Option(help="第几个文本")] = None,
) -> None:
    """显示一件政策文件的有效性、修改历史和全文。"""
    container = open_container()
    reading = read_policy(container.documents, document_id, parse_day(as_of) or container.today(), edition)
    metadata = reading.edition.revision.metadata
    out.print(metadata.title, style="bold", markup=False)
    out.print(f"{metadata.document_number or '（无文号）'}  {'、'.join(metadata.issuing_authorities)}", markup=False)
    ends = f"，{reading.edition.ends_on.isoformat()}起不再有效" if reading.edition.ends_on else ""
    out.print(f"{reading.status.label}：{reading.edition.effective_on.isoformat()}起施行{ends}", markup=False)
    for revision in reading.revisions:
        change = revision.change
        out.print(
            f"  第{revision.number}次 {CHANGE_LABELS[change.kind]} {change.at:%Y-%m-%d} {change.by}：{change.reason}",
            style="dim",
            markup=False,
        )
    out.print(f"\n{reading.text}", markup=False)


@app.command()
def repeal(
    document_id: Annotated[str, typer.Argument(help="政策文件编号")],
    on: Annotated[str, typer.Option(help="从哪一天起不再有效；不填为今天")] = "",
    reason: Reason = "经命令行废止",
    replaced_by: Annotated[str | None, typer.Option(help="代替它的政策文件编号或标题")] = None,
    index: WithIndex = True,
) -> None:
    """废止一件政策文件；旧文本仍可查阅。"""
    container = open_container()
    day = parse_day(on) or container.today()
    revision = container.catalog.repeal(document_id, day, whoever_runs_this(), reason, replaced_by)
    ends = f"自{day.isoformat()}起废止" + (f"，由{replaced_by}代替" if replaced_by else "")
    container.audit.record(command_actor(), "policy_repealed", document_id, reason, after=ends)
    out.print(f"《{revision.metadata.title}》自 {day.isoformat()} 起废止。", markup=False)
    if index:
        _refresh(container)


@app.command()
def restore(
    document_id: Annotated[str, typer.Argument(help="政策文件编号")], reason: Reason = "经命令行恢复", index: WithIndex = True
) -> None:
    """撤销废止。"""
    container = open_container()
    revision = container.catalog.restore(document_id, whoever_runs_this(), reason)
    container.audit.record(command_actor(), "policy_restored", document_id, reason)
    out.print(f"《{revision.metadata.title}》已恢复。", markup=False)
    if index:
        _refresh(container)


def _refresh(container: Container) -> None:
    with progress_bars() as say:
        report = refresh_index(container, say)
    out.print(report, markup=False)
