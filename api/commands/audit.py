"""zhengwen audit: look at the audit trail, check that nobody has changed it, take a copy of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.access.act_names import load_act_names
from api.access.audit_checks import AuditChecks
from api.access.models import AccessEvent, EventFilter
from api.audit_export import EXPORT_COLUMNS, export_row
from api.commands.console import CommandFailed, command_actor, open_container, out, parse_day, print_rows
from assistant.csv_text import csv_bytes
from assistant.models import CHINA_TIME

app = typer.Typer(help="操作记录：查看、核对、导出。", no_args_is_help=True)

Actor = Annotated[str, typer.Option(help="只看谁做的")]
Subject = Annotated[str, typer.Option(help="只看涉及哪个账号、工单、文件的")]
Action = Annotated[str, typer.Option(help="只看哪种操作，写记录里的英文名，例如 contact_opened")]
Address = Annotated[str, typer.Option("--address", help="只看从哪个网络地址做的")]
Since = Annotated[str, typer.Option(help="从哪一天起，例如 2026-11-01")]
Until = Annotated[str, typer.Option(help="到哪一天为止（含当天）")]
_ALL = 10_000_000


@app.command("list")
def list_command(
    actor: Actor = "",
    action: Action = "",
    subject: Subject = "",
    address: Address = "",
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多显示多少条，新的在前")] = 50,
) -> None:
    """列出操作记录。"""
    print_events(open_container().audit.page(_filter(actor, action, subject, address, since, until), limit))


@app.command()
def verify(
    head: Annotated[str, typer.Option(help="以前打印或抄下的“序号 校验值”，核对那一条至今没有变")] = "",
    record: Annotated[bool, typer.Option("--record/--no-record", help="是否把这次核对本身记入操作记录")] = True,
) -> None:
    """核对操作记录有没有被改动、删除或调换；有问题时退出码为 1。"""
    checks = open_container().access.checks
    verdict = checks.run(command_actor(), noted=record)
    out.print(str(verdict), markup=False)
    if not verdict.is_whole:
        raise typer.Exit(1)
    if verdict.head.number:
        out.print(f"最后一条的序号和校验值（可打印或抄下另存）：{verdict.head.number} {verdict.head.hash.decode()}", markup=False)
    if head:
        _check_head(checks, head)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="写到哪个 CSV 文件")],
    actor: Actor = "",
    action: Action = "",
    subject: Subject = "",
    address: Address = "",
    since: Since = "",
    until: Until = "",
) -> None:
    """把操作记录导出为 CSV，含每条的校验值；旧的在前。"""
    container = open_container()
    events = container.audit.page(_filter(actor, action, subject, address, since, until), _ALL)
    names = load_act_names()
    path.write_bytes(csv_bytes(EXPORT_COLUMNS, [export_row(event, names) for event in reversed(events)]))
    container.audit.record(command_actor(), "audit_exported", "csv", after=f"共{len(events)}条")
    out.print(f"已导出 {len(events)} 条操作记录到 {path}。", markup=False)


def print_events(events: Iterable[AccessEvent]) -> None:
    names = load_act_names()
    # The number and the hash are for copies; a person reads the rest.
    print_rows(EXPORT_COLUMNS[1:-1], [export_row(event, names)[1:-1] for event in events])


def _filter(actor: str, action: str, subject: str, address: str, since: str, until: str) -> EventFilter:
    first, last = parse_day(since), parse_day(until)
    return EventFilter(
        actor,
        action,
        subject,
        address,
        since=datetime.combine(first, time(), CHINA_TIME) if first else None,
        until=datetime.combine(last, time(), CHINA_TIME) + timedelta(days=1) if last else None,
    )


def _check_head(checks: AuditChecks, head: str) -> None:
    number, _, written = head.strip().partition(" ")
    row = checks.row(int(number)) if number.isdecimal() else None
    if row is None or row.hash.decode() != written.strip():
        raise CommandFailed("与抄下的校验值不一致：那一条或它前面的记录被换过。请保留现场，从备份核对。")
    out.print("与抄下的校验值一致。")
