"""Clients of the application that are signed in, for the tests of staff pages."""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.access.guards import SESSION_COOKIE
from api.access.models import Account, Role
from api.app import create_app
from api.container import Container

PASSWORD = "correct-horse-battery"


def a_staff_member(container: Container, *roles: Role, name: str = "zhang.san", display_name: str = "张三") -> Account:
    return container.accounts.create(name, roles, by="test", password=PASSWORD, display_name=display_name).account


def a_staff_client(container: Container, account: Account) -> TestClient:
    """Signed in, and sending the token of its session with every request as the staff pages do."""
    session = container.access.sessions.open(account)
    client = TestClient(create_app(container), follow_redirects=False, headers={"X-CSRF-Token": session.csrf_token})
    client.cookies.set(SESSION_COOKIE, session.token)
    return client
