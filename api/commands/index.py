"""zhengwen index: refresh, look at, and roll back the index."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from api.commands.console import CommandFailed, SayProgress, command_actor, open_container, out, print_rows, progress_bars
from api.container import Container, prepare_model
from assistant.models import CHINA_TIME
from indexing.indexing_run import IndexingRun
from indexing.models import SnapshotManifest
from indexing.snapshot_comparison import Verdict

app = typer.Typer(help="索引：更新、查看、回退。", no_args_is_help=True)


@app.command()
def refresh() -> None:
    """把政策库的变化更新到索引，完成后一步切换；期间照常答复。"""
    container = open_container()
    with progress_bars() as say:
        report = refresh_index(container, say)
    out.print(report, markup=False)


def refresh_index(container: Container, say: SayProgress, why: str = "在命令行更新") -> str:
    """Returns the report as a Chinese sentence. Prepares the default model first where it is missing."""
    prepare_model(container.settings, say)
    return container.index.run_now(command_actor(), why, say).sentence


@app.command()
def runs(limit: Annotated[int, typer.Option(min=1, help="显示最近多少次")] = 20) -> None:
    """列出索引任务：谁、为什么、进展或结果。"""
    rows = [
        (str(run.id), _moment(run.asked_at), run.asked_by, run.why, _state(run), run.sentence)
        for run in open_container().index.history(limit)
    ]
    print_rows(("编号", "时间", "谁", "原因", "状态", "结果"), rows)


@app.command()
def cancel(run_id: Annotated[int, typer.Argument(help="任务编号，见 zhengwen index runs")]) -> None:
    """取消等待或正在进行的索引任务；原来的索引继续使用。"""
    run = open_container().index.cancel(run_id, command_actor())
    out.print(run.sentence or f"已请任务 {run_id} 停止，它会在算完手上的一批后结束。", markup=False)


@app.command()
def compare(
    before: Annotated[str, typer.Argument(help="快照编号，见 zhengwen index status")],
    after: Annotated[str, typer.Argument(help="另一个快照编号；不填为正在使用的")] = "",
) -> None:
    """用对照问题比较两个快照。自己的问题写在 ZHENGWEN_HOME/golden.jsonl。"""
    container = open_container()
    compared = container.index.compare(before, after or container.current_snapshot().snapshot_id, container.today())
    rows = [
        (row.verdict.label, row.question.text, _place(row.place_before), _place(row.place_after), row.after[0].title if row.after else "")
        for row in compared.rows
        if row.verdict is not Verdict.SAME
    ]
    if rows:
        print_rows(("比较", "问题", "原名次", "现名次", "现在的首位"), rows)
    out.print(str(compared), markup=False)


@app.command()
def status() -> None:
    """显示正在使用的索引快照和可以回退的快照。"""
    container = open_container()
    current = container.current_snapshot()
    for manifest in container.snapshots.snapshots():
        mark = "→" if manifest.snapshot_id == current.snapshot_id else " "
        out.print(f"{mark} {_line(manifest)}", markup=False)
    out.print(f"政策文件 {container.documents.count()} 件，向量模型 {current.embedder_fingerprint}", markup=False)


@app.command()
def rollback(
    snapshot_id: Annotated[str, typer.Argument(help="快照编号；不填则回到上一个")] = "",
    reason: Annotated[str, typer.Option(help="为什么，记入操作记录")] = "在命令行回退",
) -> None:
    """改用以前的索引快照。"""
    container = open_container()
    if not snapshot_id and len(container.snapshots.snapshots()) < 2:
        raise CommandFailed("没有更早的索引快照可以回退。")
    run = container.index.use(snapshot_id or None, command_actor(), reason)
    container.audit.record(command_actor(), "index_switched", run.snapshot_after, reason, "", run.snapshot_before, run.snapshot_after)
    out.print(f"已改用索引快照 {run.snapshot_after}。政策库没有改变；再次运行 zhengwen index refresh 会重新更新索引。", markup=False)


def _place(place: int | None) -> str:
    return str(place) if place else ""


def _state(run: IndexingRun) -> str:
    return f"{run.state.label}：{run.step} {run.done}/{run.total}" if run.step else run.state.label


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}"


def _line(manifest: SnapshotManifest) -> str:
    made = f"{manifest.created_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return f"{manifest.snapshot_id}  {made}  {manifest.document_count} 件，{manifest.passage_count} 段"
