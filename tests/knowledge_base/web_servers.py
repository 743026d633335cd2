"""Small web servers on loopback for tests: pages by path, misbehaviour by path, and a note of what was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Handler = Callable[[socket.socket, dict[str, str]], None]
"""Gets the open connection and the request's headers (lower-case names); writes the raw answer."""


@dataclass
class Asked:
    path: str
    headers: dict[str, str]


@dataclass
class WebServer:
    """`pages` by path: (status, headers, body). `handlers` by path write to the socket themselves."""

    port: int = 0
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    handlers: dict[str, Handler] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> None:
        """Header names with underscores for hyphens."""
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, {"Content-Type": kind} | named, content)

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        self.pages[path] = (status, {"Location": location}, b"")

    def serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(10)
            head = _head(connection)
            if head:
                path, headers = _parsed(head)
                self.asked.append(Asked(path, headers))
                self._answer(connection, path, headers)

    def _answer(self, connection: socket.socket, path: str, headers: dict[str, str]) -> None:
        if path in self.handlers:
            try:
                self.handlers[path](connection, headers)
            except OSError:
                return
            return
        status, named, body = self.pages.get(path, (404, {"Content-Type": "text/plain"}, b"gone"))
        if named.get("ETag") and headers.get("if-none-match") == named["ETag"]:
            status, body = 304, b""
        lines = [f"HTTP/1.1 {status} X", *(f"{name}: {value}" for name, value in named.items())]
        lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
        connection.sendall("\r\n".join(lines).encode("latin-1") + body)


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        piece = connection.recv(4096)
        if not piece:
            return b""
        head += piece
    return head


def _parsed(head: bytes) -> tuple[str, dict[str, str]]:
    first, *rest = head.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in rest if ": " in line)
    return first.split(" ")[1], {name.lower(): value for name, value in pairs}


@contextmanager
def a_web_server() -> Iterator[WebServer]:
    server, listening = WebServer(), socket.create_server(("127.0.0.1", 0))
    server.port = listening.getsockname()[1]

    def accept() -> None:
        while not server.closing.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=server.serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(timeout=5)
