"""Takes zero bytes out of addresses and forms: no field means them, and PostgreSQL refuses text that holds one."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ZERO = b"%00"


class WithoutZeroBytes:
    """Pure ASGI, so that streamed answers pass through unbuffered. Uploaded files (multipart) are left as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = dict(scope) | {"path": scope["path"].replace("\x00", ""), "query_string": scope["query_string"].replace(_ZERO, b"")}
            if Headers(scope=scope).get("content-type", "").startswith("application/x-www-form-urlencoded"):
                receive = _cleaned(receive)
        await self.app(scope, receive, send)


def _cleaned(receive: Receive) -> Receive:
    """The beginning of an escape at the end of one piece waits for the next."""
    waiting = b""

    async def receive_cleaned() -> Message:
        nonlocal waiting
        message = await receive()
        if message["type"] != "http.request":
            return message
        body = (waiting + message.get("body", b"")).replace(_ZERO, b"").replace(b"\x00", b"")
        held = next((mark for mark in (b"%0", b"%") if body.endswith(mark)), b"") if message.get("more_body") else b""
        waiting = held
        return dict(message) | {"body": body.removesuffix(held)}

    return receive_cleaned
