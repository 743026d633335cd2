"""/mcp: streamable HTTP behind an API key. Every request stands alone, so that any process can serve it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

import anyio
from anyio import TASK_STATUS_IGNORED, to_thread
from anyio.abc import TaskGroup, TaskStatus
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from api.access.key_guard import admitted_key, bearer_of
from api.access.key_models import ApiKey
from api.container import Container
from api.mcp_server.tools import Room
from api.visitor import client_address

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


class McpDoor:
    """An ASGI application. The SDK is loaded at the first request with a key: who never uses it does not pay for it."""

    def __init__(self, container: Container, room: Room) -> None:
        self._container, self._room = container, room
        self._group: TaskGroup | None = None
        self._starting = anyio.Lock()
        self._manager: StreamableHTTPSessionManager | None = None
        # Nothing is pushed and no session is kept, so that there is nothing to get or to delete.
        self.route = Route(PATH, self, methods=["POST"], include_in_schema=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises ApiKeyNeeded, ApiKeyRefused, TooManyRequests; HTTPException 503 outside of `beside`."""
        request = Request(scope)
        # The framework's own routes name themselves there, for the log and the counts of requests.
        scope["route"] = self.route
        key = await to_thread.run_sync(admitted_key, self._container, bearer_of(request.headers), client_address(request), PATH)
        request.state.api_key = key
        manager = await self._running()
        await manager.asgi_app(scope, receive, send)

    def beside(self, lifespan: Lifespan) -> Lifespan:
        """The lifespan with this door open in it."""

        @asynccontextmanager
        async def with_door(app: FastAPI) -> AsyncIterator[None]:
            async with lifespan(app), anyio.create_task_group() as group:
                self._group = group
                try:
                    yield
                finally:
                    self._group = self._manager = None
                    group.cancel_scope.cancel()

        return with_door

    async def _running(self) -> StreamableHTTPSessionManager:
        if self._group is None:
            raise HTTPException(503)
        async with self._starting:
            if self._manager is None:
                self._manager = await self._group.start(self._run)
        return self._manager

    async def _run(self, *, task_status: TaskStatus[StreamableHTTPSessionManager] = TASK_STATUS_IGNORED) -> None:
        manager = await to_thread.run_sync(self._make)
        async with manager.run():
            task_status.started(manager)
            await anyio.sleep_forever()

    def _make(self) -> StreamableHTTPSessionManager:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager  # noqa: PLC0415 - see the class

        from api.mcp_server.protocol import make_server  # noqa: PLC0415 - see the class

        server = make_server(self._container, self._room, key_of)
        return StreamableHTTPSessionManager(
            server, json_response=True, stateless=True, max_request_body_size=self._container.settings.max_request_kb << 10
        )


def key_of(request: Request) -> ApiKey:
    """The key that the door has left with the request. Raises AttributeError for one that did not come through the door."""
    key: ApiKey = request.state.api_key
    return key
