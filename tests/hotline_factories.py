"""Work orders, drafts and callers for tests: every argument has a harmless default."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from assistant.hotline.models import (
    Caller,
    Channel,
    Contact,
    Deadline,
    DepartmentSuggestion,
    OrderAction,
    OrderContent,
    OrderMove,
    OrderOrigin,
    OrderState,
    ReliedProvision,
    WorkOrder,
    WorkOrderDraft,
)
from assistant.intents import RequestType

A_MOMENT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday morning in China."""
A_CONTACT = Contact("王芳", "13800005678", "示范市明德区和平路12号3栋2单元501室")


def some_content(**fields: object) -> OrderContent:
    content = OrderContent(
        request_type=RequestType.COMPLAINT,
        title="幸福路夜间施工噪声扰民",
        content="幸福路口的工地每天夜里两点还在施工，噪声很大，影响休息。",
        wish="希望夜间停止施工。",
        jurisdiction="990102",
        place="明德区幸福路口",
        occurred="2026-11-22 02:00",
        class_path=("城乡建设", "噪声"),
        lead_department_id="dept-police",
    )
    return replace(content, **fields)  # type: ignore[arg-type]


def a_draft(content: OrderContent | None = None, /, **about: object) -> WorkOrderDraft:
    """`about` goes to `some_content`."""
    return WorkOrderDraft(content or some_content(**about), OrderOrigin(Channel.PHONE))


def a_caller(**fields: object) -> Caller:
    caller = Caller("王**", "138****5678", "示范市明德区****", "sealed-1", "digest-of-13800005678")
    return replace(caller, **fields)  # type: ignore[arg-type]


def a_move(
    action: OrderAction = OrderAction.SUBMIT,
    state: OrderState = OrderState.ACCEPTED,
    by: str = "坐席甲",
    reason: str = "",
    at: datetime = A_MOMENT,
) -> OrderMove:
    return OrderMove(at, by, action, state, reason)


def a_suggestion(department_id: str = "dept-police", confidence: float = 0.8) -> DepartmentSuggestion:
    return DepartmentSuggestion(department_id, "示范市公安局", confidence, ("职责里有“噪声”。", "与以往的工单相近。"))


def a_relied_provision() -> ReliedProvision:
    return ReliedProvision("示范市噪声管理办法", "示政发〔2023〕8号", "第三条", "夜间不得施工。", "/policies/d-noise#第三条")


def an_order(
    number: str = "GD20261123-00001",
    *,
    due_on: date = date(2026, 12, 14),
    created_at: datetime = A_MOMENT,
    content: OrderContent | None = None,
    caller: Caller | None = None,
    state: OrderState = OrderState.ACCEPTED,
    fields: dict[str, object] | None = None,
    **about: object,
) -> WorkOrder:
    """`about` goes to `some_content`, `fields` to the order itself."""
    order = WorkOrder(
        number=number,
        version=1,
        state=state,
        content=content or some_content(**about),
        origin=OrderOrigin(Channel.PHONE),
        caller=caller or a_caller(),
        deadline=Deadline(due_on, 15),
        created_at=created_at,
        created_by="坐席甲",
        history=(a_move(at=created_at),),
    )
    return replace(order, **(fields or {}))  # type: ignore[arg-type]
