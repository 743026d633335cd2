"""What is done to the installation while people ask, and the moments at which it happened."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from evaluation.trials.citizens import Citizens
from evaluation.trials.installation import Installation
from evaluation.trials.servers import Server, is_ready

RESTART_AFTER_S = 2.0
"""As systemd waits before it starts what has died (RestartSec)."""
_LOOK_EVERY_S = 0.5
_MANY, _WAIT_FOR_MANY_S = 6, 20.0


@dataclass(slots=True)
class Journal:
    """Moments of a trial, in seconds since it began."""

    seconds: Callable[[], float]
    moments: dict[str, float] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.moments[what] = round(self.seconds(), 2)


async def kill_one(installation: Installation, citizens: Citizens, journal: Journal) -> None:
    """kill -9 while several are being answered, and two seconds later started again."""
    service, give_up = installation.services[0], journal.seconds() + _WAIT_FOR_MANY_S
    while citizens.under_way < _MANY and journal.seconds() < give_up:
        await asyncio.sleep(0.002)
    journal.note("killed")
    await asyncio.to_thread(service.kill)
    await asyncio.sleep(RESTART_AFTER_S)
    service.start()
    journal.note("killed_started")
    await asyncio.to_thread(service.wait_until_ready)
    journal.note("killed_ready")


async def restart_other(installation: Installation, journal: Journal) -> None:
    """As `systemctl restart`: told to stop, and started again when it has ended. Not before the killed one answers again."""
    service = installation.services[1]
    while "killed_ready" not in journal.moments:
        await asyncio.sleep(_LOOK_EVERY_S)
    journal.note("told_to_stop")
    await asyncio.to_thread(service.stop)
    service.start()
    journal.note("stopped_started")
    await asyncio.to_thread(service.wait_until_ready)
    journal.note("stopped_ready")


async def restart_engine(engine: Server, journal: Journal, name: str) -> None:
    journal.note(f"{name}_stopping")
    await asyncio.to_thread(engine.stop)
    await asyncio.to_thread(engine.start)
    journal.note(f"{name}_back")


async def at(journal: Journal, moment_s: float, fault: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(max(0.0, moment_s - journal.seconds()))
    await fault()


async def watch_readiness(installation: Installation, journal: Journal, until_s: float) -> list[tuple[float, str]]:
    """(moment, process and whether it says that it can answer) at every change, of each of the processes."""
    changes: list[tuple[float, str]] = []

    async def watch(number: int, port: int) -> None:
        said: bool | None = None
        while journal.seconds() < until_s:
            ready = await asyncio.to_thread(is_ready, port, 2.0)
            if ready != said:
                changes.append((round(journal.seconds(), 1), f"{number}：{'就绪' if ready else '未就绪'}"))
            said = ready
            await asyncio.sleep(_LOOK_EVERY_S)

    await asyncio.gather(*(watch(number, service.port) for number, service in enumerate(installation.services, start=1)))
    return sorted(changes)
