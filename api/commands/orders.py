"""zhengwen orders: list, show and export work orders, warn of deadlines, look at webhook deliveries."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.asking import find_region
from api.commands.console import CommandFailed, command_actor, open_container, out, parse_day, print_rows
from api.container import Container
from assistant.hotline.models import Confidentiality, OrderFilter, OrderState, WorkOrder
from assistant.hotline.webhook_deliveries import DeliveryState, WebhookDelivery
from assistant.intents import RequestType
from assistant.models import CHINA_TIME

app = typer.Typer(help="工单：查看、导出、临期预警、对外通知。", no_args_is_help=True)

States = Annotated[list[OrderState] | None, typer.Option("--state", help="状态，可以写多次")]
Kind = Annotated[RequestType | None, typer.Option("--type", help="诉求类型")]
OfDepartment = Annotated[str, typer.Option("--department", help="主办或协办单位的编号")]
DueBefore = Annotated[str, typer.Option("--due-before", help="承诺日期早于这一天且没有办结，例如 2026-12-01")]
InRegion = Annotated[str, typer.Option("--region", help="地区名称或代码")]
Words = Annotated[str, typer.Option("--text", help="编号、标题、内容、地点中的文字")]
_ALL = 1_000_000


@app.command("list")
def list_command(
    state: States = None,
    request_type: Kind = None,
    department: OfDepartment = "",
    due_before: DueBefore = "",
    region: InRegion = "",
    text: Words = "",
    limit: Annotated[int, typer.Option(min=1, help="最多列出多少件")] = 50,
) -> None:
    """列出工单，最先到期的在前。"""
    container = open_container()
    wanted = _filter(container, state, request_type, department, due_before, region, text, limit)
    headings = ("编号", "状态", "诉求类型", "标题", "主办单位", "承诺日期", "处理人")
    print_rows(headings, [_row(container, order) for order in container.work_orders.find(wanted)])
    out.print(f"共 {container.work_orders.count(wanted)} 件。")


@app.command()
def show(number: Annotated[str, typer.Argument(help="工单编号")]) -> None:
    """显示一件工单和它的经过；联系方式只显示遮盖后的。"""
    container = open_container()
    order = container.work_orders.get(number)
    content = order.content
    lines = [
        f"{order.number}  {order.state.label}  {content.request_type.label}  {content.urgency.label}",
        f"标题：{content.title}",
        f"内容：{content.content}",
        f"目的：{content.wish or '（未填写）'}",
        f"地点：{container.place_name(content.jurisdiction)} {content.place}",
        f"来电人：{_caller(order)}",
        f"主办单位：{container.work_orders.department_name(content.lead_department_id) or '（未定）'}",
        f"承诺日期：{order.deadline.due_on.isoformat()}（{order.deadline.working_days} 个工作日）{order.deadline.warning}",
        f"答复：{order.reply or '（还没有）'}",
        *(f"  {_local(move.at)} {move.by} {move.action.label} {move.reason}".rstrip() for move in order.history),
    ]
    out.print("\n".join(lines), markup=False)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="写到哪个文件，按后缀决定格式：.json、.csv、.xlsx")],
    state: States = None,
    request_type: Kind = None,
    department: OfDepartment = "",
    due_before: DueBefore = "",
    region: InRegion = "",
    text: Words = "",
) -> None:
    """把工单导出为文件；联系方式是遮盖后的。"""
    container = open_container()
    exporter = container.exporters.get(path.suffix.lstrip(".").lower())
    if exporter is None:
        raise CommandFailed(f"不能导出为“{path.name}”。请使用这些后缀之一：{'、'.join(f'.{suffix}' for suffix in container.exporters)}。")
    orders = container.work_orders.find(_filter(container, state, request_type, department, due_before, region, text, _ALL))
    container.audit.record(command_actor(), "orders_exported", path.suffix.lstrip("."), after=f"共{len(orders)}件")
    path.write_bytes(exporter.export(orders))
    out.print(f"已导出 {len(orders)} 件工单到 {path}。", markup=False)


@app.command()
def escalate() -> None:
    """现在就检查哪些工单临近或超过承诺日期，并逐级预警；服务运行时每分钟自动检查一次。"""
    container = open_container()
    warned = container.work_orders.escalate_due(container.clock())
    for order in warned:
        out.print(f"{order.number}  {order.content.title}  承诺日期 {order.deadline.due_on.isoformat()}", markup=False)
    out.print(f"预警 {len(warned)} 件。")


@app.command()
def webhooks(
    everything: Annotated[bool, typer.Option("--all", help="也列出已送达的")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="把已放弃的重新排队")] = False,
    limit: Annotated[int, typer.Option(min=1, help="最多列出多少条")] = 50,
) -> None:
    """列出等待发送和已放弃的通知。"""
    container = open_container()
    if retry:
        out.print(f"已把 {container.deliveries.retry_given_up(container.clock())} 条通知重新排队。")
    states = () if everything else (DeliveryState.WAITING, DeliveryState.GIVEN_UP)
    deliveries = container.deliveries.newest(states, limit)
    print_rows(("通知", "工单", "地址", "状态", "已试次数", "下次发送", "最近结果"), map(_delivery_row, deliveries))
    if not container.settings.webhook_addresses and not container.subscribers.all():
        out.print("没有设置 ZHENGWEN_WEBHOOK_URLS，管理页面“对外通知”里也没有订阅，新的变动不会通知任何地址。")


def _filter(
    container: Container,
    states: list[OrderState] | None,
    request_type: RequestType | None,
    department: str,
    due_before: str,
    region: str,
    text: str,
    limit: int,
) -> OrderFilter:
    return OrderFilter(
        states=tuple(states or ()),
        department_id=department,
        due_before=parse_day(due_before),
        request_type=request_type,
        words=text,
        jurisdiction=find_region(container, region).code if region else "",
        limit=limit,
    )


def _row(container: Container, order: WorkOrder) -> tuple[str, ...]:
    content = order.content
    described = (order.number, order.state.label, content.request_type.label, content.title)
    lead = container.work_orders.department_name(content.lead_department_id)
    return (*described, lead, order.deadline.due_on.isoformat(), order.held_by)


def _delivery_row(delivery: WebhookDelivery) -> tuple[str, ...]:
    waits = _local(delivery.next_attempt_at) if delivery.state is DeliveryState.WAITING else ""
    about = (delivery.message_id, delivery.order_number, delivery.url)
    return (*about, delivery.state.label, str(delivery.attempts), waits, delivery.last_outcome)


def _caller(order: WorkOrder) -> str:
    if order.content.confidentiality is Confidentiality.PROTECTED:
        return "保密"
    return " ".join(part for part in (order.caller.name, order.caller.phone) if part) or "（未留）"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA_TIME):%Y-%m-%d %H:%M:%S}"
