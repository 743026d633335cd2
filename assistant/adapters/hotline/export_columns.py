"""The columns of an export: Chinese heading, width in characters, and where the value comes from. Moments are in China's time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from assistant.hotline.models import Confidentiality, OrderAction, OrderState, WorkOrder
from assistant.models import CHINA_TIME

Cell = str | int | date | datetime


@dataclass(frozen=True, slots=True)
class ExportColumn:
    heading: str
    width: int
    value: Callable[[WorkOrder, Callable[[str], str]], Cell]


def _local(moment: datetime) -> datetime:
    return moment.astimezone(CHINA_TIME)


def shown_contact(order: WorkOrder, masked: str) -> str:
    """Where confidentiality was promised not even the masked contact leaves."""
    return "保密" if order.content.confidentiality is Confidentiality.PROTECTED else masked


def _last(order: WorkOrder, action: OrderAction) -> Cell:
    return next((_local(move.at) for move in reversed(order.history) if move.action is action), "")


def _count(order: WorkOrder, action: OrderAction) -> int:
    return sum(move.action is action for move in order.history)


COLUMNS = (
    ExportColumn("工单编号", 20, lambda order, _: order.number),
    ExportColumn("状态", 9, lambda order, _: order.state.label),
    ExportColumn("诉求类型", 9, lambda order, _: order.content.request_type.label),
    ExportColumn("诉求分类", 20, lambda order, _: " / ".join(order.content.class_path)),
    ExportColumn("紧急程度", 9, lambda order, _: order.content.urgency.label),
    ExportColumn("标题", 30, lambda order, _: order.content.title),
    ExportColumn("诉求内容", 60, lambda order, _: order.content.content),
    ExportColumn("诉求目的", 30, lambda order, _: order.content.wish),
    ExportColumn("行政区划", 10, lambda order, _: order.content.jurisdiction),
    ExportColumn("事发地点", 24, lambda order, _: order.content.place),
    ExportColumn("事发时间", 18, lambda order, _: order.content.occurred),
    ExportColumn("来源", 8, lambda order, _: order.origin.channel.label),
    ExportColumn("来电人", 10, lambda order, _: shown_contact(order, order.caller.name)),
    ExportColumn("联系电话", 14, lambda order, _: shown_contact(order, order.caller.phone)),
    ExportColumn("联系地址", 24, lambda order, _: shown_contact(order, order.caller.address)),
    ExportColumn("是否保密", 12, lambda order, _: order.content.confidentiality.label),
    ExportColumn("主办单位", 22, lambda order, name: name(order.content.lead_department_id)),
    ExportColumn("协办单位", 22, lambda order, name: "、".join(map(name, order.content.co_department_ids))),
    ExportColumn("受理时间", 17, lambda order, _: _local(order.created_at)),
    ExportColumn("受理人", 10, lambda order, _: order.created_by),
    ExportColumn("承诺日期", 12, lambda order, _: order.deadline.due_on),
    ExportColumn("承诺工作日", 11, lambda order, _: order.deadline.working_days),
    ExportColumn("派单时间", 17, lambda order, _: _last(order, OrderAction.DISPATCH)),
    ExportColumn("答复时间", 17, lambda order, _: _last(order, OrderAction.REPLY)),
    ExportColumn("办结时间", 17, lambda order, _: _last(order, OrderAction.CLOSE) if order.state is OrderState.CLOSED else ""),
    ExportColumn("退单次数", 9, lambda order, _: _count(order, OrderAction.SEND_BACK)),
    ExportColumn("是否督办", 9, lambda order, _: "是" if order.supervised else "否"),
    ExportColumn("答复内容", 60, lambda order, _: order.reply),
    ExportColumn("满意度", 11, lambda order, _: order.satisfaction.label if order.satisfaction else ""),
    ExportColumn("当前处理人", 11, lambda order, _: order.held_by),
)
