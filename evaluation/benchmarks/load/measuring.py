"""One cell: so many clients ask the running service for some seconds each way, and twice while snapshots are switched under it."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from api.container import Container, build_container
from api.settings import Settings
from evaluation.benchmarks.load.asking import Load, answering, greeting, keep_asking, searching
from evaluation.benchmarks.load.process_family import processor_s
from evaluation.benchmarks.own_processes import Address
from evaluation.benchmarks.questions import different_questions

_HELLO_S = 2.0
_WARM_UP_S, _WARM_CLIENTS = 2.0, 4
_LONGEST_SWITCH_S = 90.0
_TURNS_OF_A_CELL = 20
"""More than any cell asks, so that no two cells of one service ask the same: the vector of a question that comes again is kept."""


@dataclass(frozen=True, slots=True)
class CellPlan:
    """Seconds of searching each way, and of answering. The service has the first `cores` cores, the clients the others; it is the process
    `service_pid` with its children, and its database `database_pid`, 0 where there is none.
    """

    clients: int
    search_s: int
    answer_s: int
    cores: int
    service_pid: int = 0
    database_pid: int = 0

    def processor_s(self) -> float:
        """Used until now, by both."""
        return processor_s(self.service_pid) + processor_s(self.database_pid)


def measure(plan: CellPlan, service: Address, hello: Address) -> dict[str, object]:
    """`search` without pause, `switching` the same while snapshots are switched, `paced` once a second each while they are switched."""
    keep_off(plan.cores)
    return asyncio.run(_measured(plan, service, hello))


async def _measured(plan: CellPlan, service: Address, hello: Address) -> dict[str, object]:
    questions, endings = different_questions(plan.clients * _TURNS_OF_A_CELL), Counter[str]()
    await keep_asking(searching(service, questions), _WARM_CLIENTS, _WARM_UP_S)
    await keep_asking(answering(service, questions), _WARM_CLIENTS, _WARM_UP_S)
    load_average = os.getloadavg()[0]
    told: dict[str, object] = {"hello": (await keep_asking(greeting(hello), plan.clients, _HELLO_S)).figures()}
    told["search"] = await _with_processor(plan, keep_asking(searching(service, questions), plan.clients, plan.search_s))
    container = build_container(Settings())
    for way, every_s in (("switching", 0.0), ("paced", 1.0)):
        # Goes on beyond the time of the plan until at least one switch was seen in an answer.
        switches = Switches.of(container)
        asking = searching(service, questions, switches.seen)
        load = keep_asking(asking, plan.clients, plan.search_s, every_s=every_s, go_on=switches.not_seen_yet)
        told[way] = await _with_processor(plan, load) | {"switches": switches.done}
    asking = answering(service, questions, lambda status: endings.update([status]))
    told["answer"] = await _with_processor(plan, keep_asking(asking, plan.clients, plan.answer_s)) | {
        "endings": dict(endings.most_common())
    }
    return told | {"load_average": round(load_average, 1)}


async def _with_processor(plan: CellPlan, asking: Awaitable[Load]) -> dict[str, object]:
    """With `cpu_ms`: processor time that a request took, which says more than the clock where a machine is not left alone."""
    before = plan.processor_s()
    load = await asking
    used_ms = (plan.processor_s() - before) * 1000
    return load.figures() | ({"cpu_ms": round(used_ms / len(load.taken_ms), 1)} if load.taken_ms else {})


class Switches:
    """Turns to the other of two snapshots, and back again as soon as an answer came from the one it had turned to."""

    def __init__(self, current: str, other: str, switch_to: Callable[[str], None], now: Callable[[], float] = time.monotonic) -> None:
        self._wanted, self._left, self._switch_to, self._now = current, other, switch_to, now
        self.done, self._give_up = 0, now() + _LONGEST_SWITCH_S
        self._turn()

    @classmethod
    def of(cls, container: Container) -> Switches:
        """Between the two newest, beginning with the one that does not answer now. Raises ValueError where there is only one."""
        now, known = container.snapshots.current_id(), [each.snapshot_id for each in container.snapshots.snapshots()]
        if now is None or len(known) < 2:
            raise ValueError("只有一个索引快照，无从切换。请删除结果文件夹里的 refresh-*.json 后重新运行。")
        return cls(now, next(one for one in known if one != now), container.index.shelf.switch_to)

    def seen(self, snapshot_id: str) -> None:
        """An answer came from this one."""
        if snapshot_id == self._wanted:
            self.done += 1
            self._turn()

    def not_seen_yet(self) -> bool:
        return not self.done and self._now() < self._give_up

    def _turn(self) -> None:
        self._wanted, self._left = self._left, self._wanted
        self._switch_to(self._wanted)


def keep_off(cores: int) -> None:
    """Clients and service on different cores, where there are enough."""
    if hasattr(os, "sched_setaffinity"):
        others = sorted(os.sched_getaffinity(0))[cores:]
        os.sched_setaffinity(0, others or os.sched_getaffinity(0))
