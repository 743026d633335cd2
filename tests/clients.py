"""Clients of the application over fakes, for the tests of the JSON interface and of the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from tests.fakes.containers import a_container


@pytest.fixture
def client() -> TestClient:
    return TestClient(create_app(a_container()), follow_redirects=False)


@pytest.fixture
def client_with() -> Callable[..., TestClient]:
    """A client of an application over `a_container(**parts)`."""

    def make(**parts: Any) -> TestClient:
        return TestClient(create_app(a_container(**parts)), follow_redirects=False)

    return make
