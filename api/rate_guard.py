"""Counts who asks, where it is known who that is: visitors at the routers of their pages, staff and other systems where they are let in."""

from __future__ import annotations

from anyio import to_thread
from fastapi import Depends, Request

from api.container import Container
from api.dependencies import UsedContainer
from api.rate_limits import Who, counted_address
from api.visitor import client_address


async def counted(container: Container, who: Who, name: str, path: str) -> None:
    """Raises TooManyRequests, StoreUnavailable."""
    if container.rates.is_local:
        container.rates.note(who, name, path)
    else:
        await to_thread.run_sync(container.rates.note, who, name, path)


async def _visitor(request: Request, container: UsedContainer) -> None:
    await counted(container, Who.VISITOR, counted_address(client_address(request)), request.url.path)


COUNTED_VISITOR = Depends(_visitor)
"""For the routers of what anybody may ask for."""
