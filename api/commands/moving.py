"""zhengwen migrate-to: from the embedded engines to PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer
from sqlalchemy import make_url

from api.commands.console import SayProgress, command_actor, out, progress_bars, read_settings
from api.container import RECORD_TABLES, Container, build_container, open_all_records, prepare_model
from api.jobs.holders import Holders
from api.logs import configure_logs
from api.moving.errors import CannotMove
from api.moving.records_move import TableContent, move_records
from api.settings import Settings


def migrate_to(
    url: Annotated[str, typer.Argument(help="空的 PostgreSQL 库的地址，例如 postgresql://用户:密码@主机/库名")],
    records_only: Annotated[bool, typer.Option("--records-only", help="只迁移记录，索引留在本机")] = False,
) -> None:
    """把本机的记录和索引复制到 PostgreSQL，并逐表核对。请先停止服务；原来的数据不变。"""
    settings = read_settings()
    configure_logs("debug" if settings.log_level == "debug" else "warning")
    if settings.records_url or settings.index_url:
        raise CannotMove("现在的记录或索引已经不在本机（见 ZHENGWEN_RECORDS_URL 和 ZHENGWEN_INDEX_URL）。")
    if make_url(url).get_backend_name() not in {"postgresql", "postgres"}:
        raise CannotMove("目标应当是 postgresql:// 开头的地址。")
    if Holders(settings.home / "work").anybody():
        raise CannotMove("服务（或 zhengwen jobs）还在运行，复制之后写下的会丢失。请先停止它，再运行这个命令。")
    with progress_bars() as say:
        moved = _move_records(settings, url, say)
        indexed = "" if records_only else _move_index(settings, url, say)
    rows = sum(table.rows for table in moved.values())
    out.print(f"已复制并核对 {len(moved)} 张表、{rows} 行记录。", markup=False)
    shown = make_url(url).render_as_string(hide_password=True)
    if records_only:
        out.print(f"请把 ZHENGWEN_RECORDS_URL 设为这个地址（{shown}），然后启动服务。", markup=False)
        return
    out.print(indexed, markup=False)
    out.print(
        f"请把 ZHENGWEN_RECORDS_URL 和 ZHENGWEN_INDEX_URL 都设为这个地址（{shown}），然后启动服务。"
        "ZHENGWEN_HOME 里的原件、密钥、模型和分类器仍然要用，请保留。",
        markup=False,
    )


def _move_records(settings: Settings, url: str, say: SayProgress) -> dict[str, TableContent]:
    source, target = open_all_records(settings.records_address), open_all_records(url)
    try:
        return move_records(source, target, RECORD_TABLES, say)
    finally:
        source.dispose()
        target.dispose()


def _move_index(settings: Settings, url: str, say: SayProgress) -> str:
    """Built of the records in their new place and examined as every new index; vectors come from the cache of this machine."""
    prepare_model(settings, say)
    before = build_container(settings)
    # A copy would keep what was derived from the old addresses.
    after = build_container(Settings(**{**settings.model_dump(), "records_url": url, "index_url": url}))
    after.index.run_now(command_actor(), "迁移到 PostgreSQL", say)
    made = after.current_snapshot()
    return f"索引 {made.passage_count} 段已在新库建好并通过核对，{_compared(before, after)}。"


def _compared(before: Container, after: Container) -> str:
    old, new = before.snapshots.current(), after.current_snapshot()
    if old is None:
        return "本机原来没有索引"
    there, here = before.index.shelf, after.index.shelf
    different = _differing(there.passage_states(old.snapshot_id), here.passage_states(new.snapshot_id))
    if different:
        return f"与本机索引相差 {different} 段（本机索引不是最新的）"
    if old.token_fingerprint != new.token_fingerprint:
        return "与本机索引逐段相同；两边的细排权重不同，细排向量没有比较"
    if changed := _differing(there.token_digests(old.snapshot_id), here.token_digests(new.snapshot_id)):
        raise CannotMove(f"新库里有 {changed} 段的细排向量与本机不同。请换一个空库重试，再次出现时请检查新库所在的磁盘。")
    return "与本机索引逐段相同" + ("，细排向量也逐段相同" if new.token_fingerprint else "")


def _differing(one: Mapping[str, object], other: Mapping[str, object]) -> int:
    return sum(one.get(name) != other.get(name) for name in one.keys() | other.keys())
