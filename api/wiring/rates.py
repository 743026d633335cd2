"""Where requests are counted: in this process, or in Valkey for all of them."""

from __future__ import annotations

from pathlib import Path

from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.rate_limits import RATES_FILE, RateLimits, load_rate_rules
from api.settings import Settings
from api.wiring.valkey import Valkey

OFF = "off"


def rates_of(settings: Settings, valkey: Valkey | None) -> RateLimits:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError for a file that cannot be used."""
    if settings.rate_limits == OFF:
        return RateLimits(load_rate_rules())
    rules = load_rate_rules(Path(settings.rate_limits) if settings.rate_limits else RATES_FILE)
    return RateLimits(rules, SlidingWindowCounterRateLimiter(_storage(valkey)), is_local=valkey is None)


def _storage(valkey: Valkey | None) -> MemoryStorage | RedisStorage:
    if valkey is None:
        return MemoryStorage()
    return RedisStorage(valkey.url, connection_pool=valkey.client.connection_pool, key_prefix="zhengwen:rates", wrap_exceptions=True)
