"""What counting requests promises, in one process and in Valkey; a process of its own is a second value on the same server."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.rate_limits import RateLimits, TooManyRequests, Who
from api.settings import Settings
from api.wiring.rates import rates_of
from api.wiring.valkey import valkey_of
from knowledge_base.errors import StoreUnavailable
from tests.valkey_server import ValkeyThatEnds

TIGHT = """
[visitor]
question = ["2/hour"]
request = ["3/hour", "100/day"]
[account]
question = ["2/day"]
request = ["2/day"]
[key]
question = ["2/hour"]
request = []
[questions]
paths = ["/ask"]
[words]
visitor = "市民：{wait}"
account = "账号：{wait}"
key = "密钥：{wait}"
"""


@pytest.fixture
def tight(tmp_path: Path) -> str:
    file = tmp_path / "rates.toml"
    file.write_text(TIGHT, encoding="utf-8")
    return str(file)


def rates_at(file: str, url: str = "") -> RateLimits:
    settings = Settings(_env_file=None, rate_limits=file, valkey_url=url)
    return rates_of(settings, valkey_of(settings))


@pytest.fixture(params=["memory", "valkey"])
def rates(request: pytest.FixtureRequest, tight: str) -> RateLimits:
    return rates_at(tight, request.getfixturevalue("valkey_url") if request.param == "valkey" else "")


def test_beyond_the_limit_a_request_is_refused_with_the_time_to_come_back(rates: RateLimits) -> None:
    for _ in range(2):
        rates.note(Who.VISITOR, "10.0.0.1", "/ask")
    with pytest.raises(TooManyRequests, match="市民：") as refused:
        rates.note(Who.VISITOR, "10.0.0.1", "/ask")
    assert 1 <= refused.value.retry_after_s <= 3600


def test_others_are_counted_apart(rates: RateLimits) -> None:
    for name in ("10.0.0.1", "10.0.0.2"):
        for who in (Who.VISITOR, Who.KEY):
            for _ in range(2):
                rates.note(who, name, "/ask")


def test_questions_and_other_requests_are_counted_apart(rates: RateLimits) -> None:
    for path in ("/ask", "/ask", "/policies", "/policies", "/policies"):
        rates.note(Who.VISITOR, "10.0.0.1", path)
    with pytest.raises(TooManyRequests):
        rates.note(Who.VISITOR, "10.0.0.1", "/guides")


def test_an_empty_list_is_no_limit(rates: RateLimits) -> None:
    for _ in range(200):
        rates.note(Who.KEY, "zw_1", "/v1/models")


def test_several_processes_count_together(tight: str, valkey_url: str) -> None:
    one, other = rates_at(tight, valkey_url), rates_at(tight, valkey_url)
    one.note(Who.ACCOUNT, "li.si", "/desk")
    other.note(Who.ACCOUNT, "li.si", "/desk")
    with pytest.raises(TooManyRequests):
        one.note(Who.ACCOUNT, "li.si", "/desk")


def test_no_address_and_no_name_reaches_the_storage(tight: str, valkey_url: str) -> None:
    rates_at(tight, valkey_url).note(Who.VISITOR, "10.0.0.1", "/ask")
    valkey = valkey_of(Settings(_env_file=None, valkey_url=valkey_url))
    assert valkey is not None
    names = valkey.client.keys("*")
    assert names
    assert not [name for name in names if b"10.0.0.1" in name]  # type: ignore[union-attr]  # not its asynchronous form


def test_without_a_count_nobody_is_let_in_until_valkey_is_back(
    tight: str, valkey_that_ends: ValkeyThatEnds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.wiring.valkey.PAUSE_S", 0.0)
    rates = rates_at(tight, valkey_that_ends.url)
    rates.note(Who.VISITOR, "10.0.0.1", "/ask")
    valkey_that_ends.stop()
    with pytest.raises(StoreUnavailable, match="Valkey"):
        rates.note(Who.VISITOR, "10.0.0.1", "/ask")
    valkey_that_ends.start()
    rates.note(Who.VISITOR, "10.0.0.1", "/ask")


def test_switched_off_nobody_is_limited() -> None:
    rates = rates_at("off")
    for _ in range(1000):
        rates.note(Who.VISITOR, "10.0.0.1", "/ask")
