"""The list of periodic work. To add some: one entry here, its function where the matter belongs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.backups.routine import BY_ITSELF, OFF
from api.container import Container
from api.finding_issues import find_when_due
from api.forgetting import apply_retention

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S


@dataclass(frozen=True)
class PeriodicJob:
    """`run` returns how much it did, for the log. It may run in several processes, though rarely at the same moment, and must stand that.

    `label` is what a person calls it.
    """

    name: str
    label: str
    every_s: int
    run: Callable[[], int]


def periodic_jobs(container: Container) -> tuple[PeriodicJob, ...]:
    orders, handoffs, courier = container.work_orders, container.handoffs, container.courier
    jobs = [
        PeriodicJob("escalate_orders", "临期预警", 60, lambda: len(orders.escalate_due(container.clock()))),
        PeriodicJob("expire_handoffs", "转人工超时登记工单", 30, lambda: len(handoffs.expire_waiting(container.clock()))),
        PeriodicJob("find_issues", "每夜归并未答问题和热点诉求", _HOUR_S, lambda: find_when_due(container)),
    ]
    jobs.append(PeriodicJob("fetch_sources", "按时获取来源", 60, lambda: container.sources.due(container.clock())))
    jobs.append(PeriodicJob("verify_audit", "核对操作记录", _DAY_S, container.access.checks.daily))
    jobs.append(PeriodicJob("apply_retention", "按保存期限清理", _DAY_S, lambda: apply_retention(container)))
    if container.settings.backup_at != OFF:
        jobs.append(PeriodicJob("back_up", "每日备份", _HOUR_S // 6, lambda: _back_up_when_due(container)))
    if courier is not None:
        jobs += [
            PeriodicJob("deliver_webhooks", "发送通知", 5, courier.deliver_due),
            PeriodicJob("forget_webhooks", "清理通知记录", _HOUR_S, courier.forget_old),
        ]
    if container.announcer is not None:
        jobs.append(PeriodicJob("announce_policies", "通知政策变动", 10, container.announcer.announce_due))
    return tuple(jobs)


def _back_up_when_due(container: Container) -> int:
    due = container.backups.is_due()
    if due:
        container.work.submit("backup", BY_ITSELF)
    return int(due)
