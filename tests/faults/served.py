"""The whole service on content of its own, and an administrator signed in to it over HTTP."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import httpx

from api.access.models import Role
from tests.demonstration import Home
from tests.journeys.service import PASSWORD, Service

ENOUGH_S = 120
ADMINISTRATOR = "admin.li"
_FIELD = re.compile(r'name="csrf_token" value="([^"]*)"')
_META = re.compile(r'name="csrf-token" content="([^"]*)"')


def started(home: Home) -> Service:
    """Listening; the caller stops it."""
    service = Service.on(home)
    service.container.accounts.create(ADMINISTRATOR, {Role.ADMINISTRATOR}, by="test", password=PASSWORD, display_name="管理员")
    service.start()
    return service


def administrator(service: Service) -> httpx.Client:
    client = httpx.Client(base_url=service.address, timeout=ENOUGH_S, follow_redirects=True)
    form = _FIELD.search(client.get("/sign-in").text)
    assert form
    client.post("/sign-in", data={"name": ADMINISTRATOR, "password": PASSWORD, "csrf_token": form[1]})
    page = _META.search(client.get("/admin/uploads").text)
    assert page
    client.headers["X-CSRF-Token"] = page[1]
    return client


def until(reached: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + ENOUGH_S
    while not reached():
        assert time.monotonic() < give_up, what
        time.sleep(0.1)
