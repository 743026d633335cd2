"""Receives files as they arrive, a few at once, without holding one in memory."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import BinaryIO, cast

from anyio import CapacityLimiter, from_thread, to_thread
from starlette.requests import ClientDisconnect

from api.container import Container
from knowledge_base.intake.errors import FileRefused
from knowledge_base.intake.models import Upload


class UploadRoom:
    """Lets `seats` files be received at once; the rest wait, and their senders with them.

    A slow sender holds a thread as long as it sends, so that these are not the threads that answer everybody else.
    """

    def __init__(self, container: Container, seats: int = 6) -> None:
        self._container, self._limiter = container, CapacityLimiter(seats)

    async def receive(self, name: str, body: AsyncIterator[bytes], by: str, document_id: str = "") -> Upload:
        """Raises FileRefused, StoreUnavailable, and what `body` raises."""
        stream = cast(BinaryIO, io.BufferedReader(ArrivingBytes(body), 1 << 16))
        try:
            return await to_thread.run_sync(self.receive_stream, name, stream, by, document_id, limiter=self._limiter)
        except ClientDisconnect:
            raise FileRefused(name, "传输中断了。请重新上传。") from None

    def receive_stream(self, name: str, stream: BinaryIO, by: str, document_id: str = "") -> Upload:
        """Keeps the original and asks for it to be read."""
        upload = self._container.intake.receive(name, stream, by=by, document_id=document_id)
        self._container.work.submit("read_upload", upload.id)
        return upload


class ArrivingBytes(io.RawIOBase):
    """What a request sends, as a file that is read in a thread beside the event loop. Nothing is read ahead."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body, self._rest = body, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # 3.11 has no name for what may be written into
        if not self._rest:
            self._rest = memoryview(from_thread.run(self._next))
        target = memoryview(buffer)
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    async def _next(self) -> bytes:
        """b"" at the end; a request may well send nothing for a moment, which is no end."""
        async for piece in self._body:
            if piece:
                return piece
        return b""
