"""Two processes that stand in for the service behind nginx: they note what they receive, and break off where a request asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

SERVICE_HEADERS = {"Content-Security-Policy": "default-src 'self'", "Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True)
class Received:
    """What arrived at one of the processes."""

    method: str
    address: str
    headers: Message


class StandInProcesses:
    """A request with `X-Dies: yes` finds the first process that gets it dying: the connection ends without a word, as by kill -9."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.seen_by_client = Event()
        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self)) for _ in range(2)]
        for server in self._servers:
            Thread(target=server.serve_forever, daemon=True).start()

    @property
    def addresses(self) -> list[str]:
        return [f"127.0.0.1:{server.server_address[1]}" for server in self._servers]

    def is_new(self, address: str) -> bool:
        return all(each.address != address for each in self.received)

    def stop(self) -> None:
        self.seen_by_client.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, processes: StandInProcesses, *connection: Any) -> None:
        self._processes = processes
        super().__init__(*connection)

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def _take(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        dies = self.headers.get("X-Dies") and self._processes.is_new(self.path)
        self._processes.received.append(Received(self.command, self.path, self.headers))
        self.close_connection = True
        if dies:
            return
        if "text/event-stream" in self.headers.get("Accept", ""):
            self._stream()
        else:
            self._answer(b"answered" * 200)

    def _answer(self, body: bytes) -> None:
        self._begin(
            SERVICE_HEADERS | {"Cache-Control": "public, max-age=600", "Content-Type": "text/css", "Content-Length": str(len(body))}
        )
        self.wfile.write(body)

    def _stream(self) -> None:
        """The second event is sent only when the client has seen the first."""
        self._begin({"Content-Type": "text/event-stream", "X-Accel-Buffering": "no", "Transfer-Encoding": "chunked"})
        self._chunk(b"data: first\n\n")
        self._processes.seen_by_client.wait()
        self._chunk(b"data: second\n\n")
        self._chunk(b"")

    def _begin(self, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, content: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(content), content))

    def log_message(self, *_: object) -> None:
        """Silent."""
