"""Every route with values nobody types: zero bytes, half characters, huge numbers, days that do not exist."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from urllib.parse import quote_from_bytes

import pytest
import structlog
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.types import Message, Receive

from api.access.guards import SESSION_COOKIE
from api.access.models import Role
from api.app import create_app
from api.container import Container
from api.zero_bytes import WithoutZeroBytes
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_member

ODD = {
    "zero byte": b"\x00",
    "zero byte in words": "居住\x00证".encode(),
    "half a character": b"\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe\xc0",
    "huge number": b"9" * 300,
    "number of 20 digits": b"99999999999999999999",
    "negative": b"-1",
    "not a number": b"NaN",
    "no such day": b"2026-02-30",
    "first day": b"0001-01-01",
    "last day": b"9999-12-31",
    "last moment": b"9999-12-31T23:59:59+08:00",
    "pattern": b"%_\\'\";--",
    "markup": b"<script>alert(1)</script>{{7*7}}",
    "long": "长".encode() * 300,
    "line feeds": b"a\r\nSet-Cookie: x=1",
    "nothing": b"",
}
NEVER_ENDING = "/events"


@dataclass(frozen=True)
class Place:
    """One route with the names of what it reads from the address and from the form."""

    method: str
    path: str
    in_path: tuple[str, ...]
    in_query: tuple[str, ...]
    in_form: tuple[str, ...]


def places(container: Container) -> Iterator[Place]:
    for context in iter_route_contexts(create_app(container).routes):
        dependant = getattr(context, "dependant", None)
        if dependant is None or str(context.path).startswith(("/api/", "/static")) or str(context.path).endswith(NEVER_ENDING):
            continue
        flat = [dependant, *_below(dependant)]
        for method in sorted(context.methods or ()):
            yield Place(
                method,
                str(context.path),
                tuple({field.alias for part in flat for field in part.path_params}),
                tuple(sorted({field.alias for part in flat for field in part.query_params})),
                tuple(sorted({field.alias for part in flat for field in part.body_params})),
            )


def _below(dependant: object) -> Iterator[object]:
    for part in dependant.dependencies:  # type: ignore[attr-defined]
        yield part
        yield from _below(part)


def requests_to(place: Place, values: Iterator[bytes]) -> Iterator[tuple[str, bytes]]:
    """(address, form), each with one odd value in one field; what stands in the path is odd every time."""
    names = [("", name) for name in place.in_form] + [(name, "") for name in place.in_query] or [("", "")]
    for asked, filled in names:
        sent = quote_from_bytes(next(values), safe="")
        path = place.path
        for name in place.in_path:
            path = path.replace("{" + name + "}", sent or "x")
        yield f"{path}?{asked}={sent}" if asked else path, f"{filled}={sent}".encode()


@pytest.fixture(autouse=True)
def quiet() -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)


def faults(container: Container, role: Role | None, values: Iterator[bytes]) -> list[str]:
    """What was asked where the service came to harm. Staff try the addresses behind the sign-in only."""
    account = a_staff_member(container, role) if role else None
    client = TestClient(create_app(container), follow_redirects=False)
    wrong = []
    for place in places(container):
        if role and not place.path.startswith(("/admin", "/desk", "/account")):
            continue
        for address, form in requests_to(place, values):
            headers = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
            if account:
                session = container.access.sessions.open(account)
                headers |= {"Cookie": f"{SESSION_COOKIE}={session.token}", "X-CSRF-Token": session.csrf_token}
            response = client.request(place.method, address, content=form if place.method == "POST" else None, headers=headers)
            wrong += [f"{place.method} {address[:120]} {form[:80]!r}"] if response.status_code == 500 else []
    return wrong


# Each field meets every fifth value; with the other starts, every value.
@pytest.mark.parametrize("start", [0])
@pytest.mark.parametrize("role", [None, Role.SUPERVISOR, Role.ADMINISTRATOR], ids=lambda role: role or "nobody")
def test_no_value_brings_a_page_down(role: Role | None, start: int) -> None:
    values = islice(cycle(ODD.values()), start, None, 5)
    assert faults(a_container(), role, values) == []


def test_zero_bytes_in_addresses_and_forms_do_not_reach_a_page() -> None:
    client = TestClient(create_app(a_container()))
    assert 'value="居住证"' in client.get("/policies?q=居住%00证").text
    page = client.post("/ask", content="message=居住%00证怎么办".encode(), headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert "居住证怎么办" in page.text


def test_an_escape_cut_in_two_is_taken_out_too() -> None:
    pieces = [b"q=a%0", b"0b%", b"00c%", b"41"]
    heard: list[bytes] = []

    async def application(_scope: object, receive: Receive, _send: object) -> None:
        while (message := await receive()).get("more_body"):
            heard.append(message["body"])
        heard.append(message["body"])

    async def receive() -> Message:
        body = pieces.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(pieces)}

    scope = {"type": "http", "path": "/", "query_string": b"", "headers": [(b"content-type", b"application/x-www-form-urlencoded")]}
    # In a thread of its own: a browser of another test may keep a loop running in this one.
    with ThreadPoolExecutor(1) as room:
        room.submit(asyncio.run, WithoutZeroBytes(application)(scope, receive, None)).result()  # type: ignore[arg-type]
    assert b"".join(heard) == b"q=abc%41"
