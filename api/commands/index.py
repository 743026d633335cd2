"""zhengwen index: refresh, look at, and roll back the index."""

from __future__ import annotations

from typing import Annotated

import typer

from api.commands.console import CommandFailed, SayProgress, open_container, out, progress_bars
from api.container import Container, prepare_model
from indexing.models import SnapshotManifest

app = typer.Typer(help="索引：更新、查看、回退。", no_args_is_help=True)


@app.command()
def refresh() -> None:
    """把政策库的变化更新到索引，完成后一步切换；期间照常答复。"""
    container = open_container()
    with progress_bars() as say:
        report = refresh_index(container, say)
    out.print(report, markup=False)


def refresh_index(container: Container, say: SayProgress) -> str:
    """Returns the report as a Chinese sentence. Prepares the default model first where it is missing."""
    prepare_model(container.settings, say)
    return str(container.synchroniser().refresh(say))


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
def rollback(snapshot_id: Annotated[str, typer.Argument(help="快照编号；不填则回到上一个")] = "") -> None:
    """改用以前的索引快照。"""
    container = open_container()
    if not snapshot_id and len(container.snapshots.snapshots()) < 2:
        raise CommandFailed("没有更早的索引快照可以回退。")
    chosen = container.snapshots.rollback(snapshot_id or None)
    out.print(f"已改用索引快照 {chosen}。政策库没有改变；再次运行 zhengwen index refresh 会重新更新索引。", markup=False)


def _line(manifest: SnapshotManifest) -> str:
    made = f"{manifest.created_at.astimezone():%Y-%m-%d %H:%M:%S}"
    return f"{manifest.snapshot_id}  {made}  {manifest.document_count} 件，{manifest.passage_count} 段"
