"""Every route as every role and as nobody, made from the application's own routes and compared with route_rules.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.access.guards import SESSION_COOKIE
from api.access.models import Account, Role
from api.app import create_app
from api.container import Container
from tests.fakes.containers import a_container
from tests.staff_clients import a_staff_member

RULES_FILE = Path(__file__).with_name("route_rules.toml")
GUARDS = frozenset({"ApiKeyNeeded", "SessionNeeded", "NotPermitted", "ForgedRequest", "PasswordChangeNeeded"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Rule:
    """`roles` of those who must sign in; `everybody`: nobody needs to; `by_key`: no session opens it, a key does.

    `changes_nothing`: a POST that only looks.
    """

    methods: frozenset[str]
    path: re.Pattern[str]
    roles: frozenset[Role] = frozenset()
    everybody: bool = False
    by_key: bool = False
    changes_nothing: bool = False

    def matches(self, route: Route) -> bool:
        return route.method in self.methods and self.path.fullmatch(route.path) is not None

    def lets_in(self, role: Role | None) -> bool:
        return self.everybody or role in self.roles


@dataclass(frozen=True)
class Route:
    method: str
    path: str

    @property
    def address(self) -> str:
        """With a name that nothing has in place of every variable."""
        return _PLACE.sub("nothing-has-this-name", self.path)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def rules() -> tuple[Rule, ...]:
    table = tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))
    return tuple(
        Rule(
            frozenset(entry["methods"]),
            re.compile(entry["path"]),
            frozenset(map(Role, entry.get("roles", ()))),
            entry.get("everybody", False),
            entry.get("by_key", False),
            entry.get("changes_nothing", False),
        )
        for entry in table["rule"]
    )


def routes_of(container: Container) -> Iterator[Route]:
    for context in iter_route_contexts(create_app(container).routes):
        for method in sorted(context.methods or {"GET"}):
            yield Route(method, str(context.path))


ROUTES = tuple(routes_of(a_container()))


def rule_of(route: Route) -> Rule | None:
    return next((rule for rule in rules() if rule.matches(route)), None)


class Visitor:
    """Asks as one role, or as nobody; in a new session every time, since some routes end it."""

    def __init__(self, role: Role | None) -> None:
        self.container = a_container()
        self._account: Account | None = a_staff_member(self.container, role) if role else None
        self._client = TestClient(create_app(self.container), follow_redirects=False)

    def ask(self, route: Route, *, with_token: bool = True) -> httpx.Response:
        headers = {"Accept": "application/json"}
        if self._account:
            session = self.container.access.sessions.open(self._account)
            headers |= {"Cookie": f"{SESSION_COOKIE}={session.token}"} | ({"X-CSRF-Token": session.csrf_token} if with_token else {})
        return self._client.request(route.method, route.address, headers=headers)


@cache
def answers_to(role: Role | None) -> dict[Route, httpx.Response]:
    """Every route asked once, with the token of the session."""
    visitor = Visitor(role)
    return {route: visitor.ask(route) for route in ROUTES}


@pytest.fixture(autouse=True)
def quiet() -> None:
    """A line for each of a thousand requests takes longer than answering them."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), cache_logger_on_first_use=False)


def kind_of(response: httpx.Response) -> str:
    """The domain error of a refusal, "" where there is none."""
    if response.headers.get("content-type") == "application/json" and response.status_code == 401:
        return {"invalid_api_key": "ApiKeyNeeded"}.get(response.json()["error"]["code"], "")
    is_problem = response.headers.get("content-type", "").startswith("application/problem+json")
    return str(response.json()["type"]).rpartition(":")[2] if is_problem else ""


def is_let_in(response: httpx.Response) -> bool:
    turned_away = kind_of(response) in GUARDS or response.headers.get("location", "").startswith("/sign-in?")
    return not turned_away and response.status_code < 500


def test_there_are_routes_to_try() -> None:
    assert len(ROUTES) > 80
    assert {route.method for route in ROUTES} >= {"GET", "POST"}


def test_every_route_has_a_rule() -> None:
    assert [str(route) for route in ROUTES if rule_of(route) is None] == []


def test_every_rule_has_a_route() -> None:
    used = {rule_of(route) for route in ROUTES}
    assert [rule.path.pattern for rule in rules() if rule not in used] == []


def test_no_two_routes_are_the_same() -> None:
    assert len(set(ROUTES)) == len(ROUTES)


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "nobody")
def test_each_reaches_what_the_rules_say_and_nothing_else(role: Role | None) -> None:
    wrong = []
    for route, response in answers_to(role).items():
        rule = rule_of(route)
        if rule is None or is_let_in(response) != rule.lets_in(role):
            wrong.append(f"{route}: {response.status_code} {kind_of(response)}")
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_nothing_is_changed_without_the_token_of_the_session(role: Role) -> None:
    visitor, unguarded = Visitor(role), []
    for route in ROUTES:
        rule = rule_of(route)
        if rule and not rule.everybody and not rule.by_key and route.method not in SAFE:
            response = visitor.ask(route, with_token=False)
            unguarded += [f"{route}: {response.status_code}"] if kind_of(response) != "ForgedRequest" else []
    assert unguarded == []


def test_auditors_change_nothing_but_their_own_account() -> None:
    posts = [(route, rule) for route in ROUTES if route.method not in SAFE and (rule := rule_of(route)) and Role.AUDITOR in rule.roles]
    assert {route.path for route, rule in posts if not rule.changes_nothing} <= {"/account/password", "/sign-out"}


def test_nothing_but_citizens_pages_and_signing_in_is_open() -> None:
    open_below = [
        str(route) for route in ROUTES if (rule := rule_of(route)) and rule.everybody and route.path.startswith(("/desk", "/admin"))
    ]
    assert open_below == []


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_what_staff_see_is_kept_by_no_cache(role: Role) -> None:
    kept = []
    for route, response in answers_to(role).items():
        rule = rule_of(route)
        if route.method == "GET" and rule and role in rule.roles:
            kept += [str(route)] if "no-store" not in response.headers.get("cache-control", "") else []
    assert kept == []
