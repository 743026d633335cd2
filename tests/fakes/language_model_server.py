"""A real server on a loopback port that speaks the OpenAI protocol: it behaves, lies, stalls, floods, breaks off, as told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

Behaviour = Callable[["Reply"], None]


class LanguageModelServer:
    """`behaviours` are taken in turn, the last one again and again. `asked` are the requests' bodies, `keys` their authorisations."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.gone = Event()
        """Set when somebody hung up on a reply."""
        self.stopped = Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @contextmanager
    def running(self) -> Iterator[LanguageModelServer]:
        thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stopped.set()
            self._http.shutdown()
            self._http.server_close()
            thread.join()


class Reply:
    """One request and the means to answer it."""

    def __init__(self, server: LanguageModelServer, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        self.server, self.body = server, body
        self._handler = handler

    @property
    def material(self) -> dict[str, Any]:
        """What was sent as data."""
        return dict(json.loads(self.body["messages"][-1]["content"]))

    def begin(self, status: int = 200, **headers: str) -> None:
        self._handler.send_response(status)
        for name, value in {"Content-Type": "text/event-stream", "Connection": "close", **headers}.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()

    def raw(self, text: str) -> None:
        self._handler.wfile.write(text.encode())
        self._handler.wfile.flush()

    def piece(self, text: str, ending: str | None = None) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": ending}
        self.raw(f"data: {json.dumps({**chunk, 'choices': [choice]})}\n\n")

    def finish(self) -> None:
        self.piece("", "stop")
        self.raw("data: [DONE]\n\n")


def _handler(server: LanguageModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append(body)
            server.keys.append(self.headers.get("Authorization", ""))
            behaviour = server.behaviours.pop(0) if len(server.behaviours) > 1 else server.behaviours[0]
            try:
                behaviour(Reply(server, self, body))
            except OSError:
                server.gone.set()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
            """Says nothing."""

    return Handler


def says(text: str | Callable[[dict[str, Any]], str], piece: int = 12) -> Behaviour:
    """Streams the text, or what the function makes of the material, in small pieces."""

    def behave(reply: Reply) -> None:
        whole = text if isinstance(text, str) else text(reply.material)
        reply.begin()
        for start in range(0, len(whole), piece):
            reply.piece(whole[start : start + piece])
        reply.finish()

    return behave


def fails(status: int, **headers: str) -> Behaviour:
    def behave(reply: Reply) -> None:
        reply.begin(status, Content_Type="application/json", **headers)
        reply.raw(json.dumps({"error": {"message": "no"}}))

    return behave


def stalls(after: str = "") -> Behaviour:
    """Says this much and then nothing, until whoever asked hangs up or the server stops."""

    def behave(reply: Reply) -> None:
        reply.begin()
        if after:
            reply.piece(after)
        reply.server.stopped.wait(30)

    return behave


def drips(reply: Reply) -> None:
    """Comments for ever: the connection lives, nothing is said."""
    reply.begin()
    while not reply.server.stopped.wait(0.02):
        reply.raw(": still here\n\n")


def floods(reply: Reply) -> None:
    """Text for ever."""
    reply.begin()
    while not reply.server.stopped.is_set():
        reply.piece("保证您能办成。" * 50)


def one_endless_line(reply: Reply) -> None:
    reply.begin()
    reply.raw('data: {"choices": [{"delta": {"content": "')
    while not reply.server.stopped.is_set():
        reply.raw("办" * 10_000)


def breaks_off(after: str) -> Behaviour:
    """Closes the connection in the middle."""

    def behave(reply: Reply) -> None:
        reply.begin()
        reply.piece(after)
        with suppress(OSError):
            reply.raw('data: {"choi')

    return behave


def bad_json(reply: Reply) -> None:
    reply.begin()
    reply.raw("data: {no json at all}\n\ndata: [DONE]\n\n")


def redirects(to: str) -> Behaviour:
    return lambda reply: reply.begin(307, Location=to)
