"""How much one service process does at once."""

from __future__ import annotations

import pytest

from api import dependencies
from api.dependencies import seats_of
from tests.fakes.containers import a_container


@pytest.mark.parametrize(
    ("settings", "seats"),
    [
        ({}, 5),
        ({"workers": 2}, 3),
        ({"workers": 8}, 2),
        ({"search_threads": 7, "workers": 2}, 7),
        ({"workers": 2, "index_url": "postgresql+psycopg://127.0.0.1/zhengwen"}, 8),
        ({"embedder_url": "http://127.0.0.1:8100/v1"}, 16),
    ],
)
def test_each_process_takes_on_what_its_share_of_four_cores_can_do(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, object], seats: int
) -> None:
    monkeypatch.setattr(dependencies, "usable_cores", lambda: 4)
    assert seats_of(a_container(**settings).settings) == seats
