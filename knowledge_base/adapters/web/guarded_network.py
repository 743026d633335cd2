"""Where connections are made: a name is resolved once, every answer is judged, and one of those judged is connected to.

DNS that changes its answer between check and connection changes nothing: nobody asks it twice.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from ssl import SSLContext
from typing import Any

import httpcore

from knowledge_base.sources.address_guard import AddressGuard
from knowledge_base.sources.errors import ItemFailed

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses a name stands for. Raises OSError where there are none."""

_TRIED = 3


def system_resolver(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Deadline:
    """The moment at which the request in hand must have ended, however slowly the other side sends. One request at a time."""

    def __init__(self) -> None:
        self._until = float("inf")

    def begin(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def left(self, wanted: float | None) -> float:
        """Seconds for the next step. Raises httpcore.ReadTimeout where none are left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline")
        return left if wanted is None else min(wanted, left)


class GuardedBackend(httpcore.NetworkBackend):
    """`through_proxy`: connections go to a proxy that an operator has named; then names are judged by `GuardedFetcher` instead."""

    def __init__(
        self,
        guard: AddressGuard,
        deadline: Deadline,
        resolve: Resolve = system_resolver,
        connect: httpcore.NetworkBackend | None = None,
        *,
        through_proxy: bool = False,
    ) -> None:
        self._guard, self._deadline, self._resolve = guard, deadline, resolve
        self._connect = connect or httpcore.SyncBackend()
        self._through_proxy = through_proxy

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises FetchRefused for an address that must not be reached, ItemFailed for a name that stands for none."""
        addresses = [host] if self._through_proxy else self.addresses(host, port)
        for place, address in enumerate(addresses, 1):
            try:
                stream = self._connect.connect_tcp(address, port, self._deadline.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if place == len(addresses):
                    raise
            else:
                return _TimedStream(stream, self._deadline)
        raise httpcore.ConnectError(host)

    def addresses(self, host: str, port: int) -> Sequence[str]:
        """Judged, at most a few."""
        try:
            found = self._resolve(host, port)
        # UnicodeError: what getaddrinfo says of labels longer than DNS allows.
        except (OSError, UnicodeError) as error:
            raise ItemFailed(host, f"找不到“{host}”的地址（域名解析失败）。请核对网址和网络。") from error
        if not found:
            raise ItemFailed(host, f"找不到“{host}”的地址（域名解析失败）。请核对网址和网络。")
        return self._guard.checked(host, port, found)[:_TRIED]

    def connect_unix_socket(self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None) -> Any:
        raise httpcore.ConnectError(path)


class _TimedStream(httpcore.NetworkStream):
    """A stream each of whose steps ends by the deadline: headers that drip are cut off as bodies are."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
