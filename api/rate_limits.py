"""How often a visitor, an account or another system may ask, counted by the library `limits` in this process or for all of them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address, ip_network
from math import ceil
from pathlib import Path
from time import time

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.strategies import SlidingWindowCounterRateLimiter

from api.access.errors import AccessError
from knowledge_base.errors import StoreUnavailable

RATES_FILE = Path(__file__).with_name("rate_limits.toml")
_MINUTE_S = 60


class Who(StrEnum):
    """What is counted by: a network address, the name of an account, the visible part of a key."""

    VISITOR = "visitor"
    ACCOUNT = "account"
    KEY = "key"


class What(StrEnum):
    """QUESTION takes a search or an answer, REQUEST is everything else."""

    QUESTION = "question"
    REQUEST = "request"


class TooManyRequests(AccessError):
    """`retry_after_s` is at least 1."""

    def __init__(self, words: str, retry_after_s: int) -> None:
        wait = f"{retry_after_s} 秒" if retry_after_s < 2 * _MINUTE_S else f"{ceil(retry_after_s / _MINUTE_S)} 分钟"
        super().__init__(words.format(wait=wait))
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class RateRules:
    """`limits` by whom and what; empty: none. `questions` are paths without parameters. `words` hold {wait}."""

    limits: Mapping[tuple[Who, What], tuple[RateLimitItem, ...]]
    questions: frozenset[str]
    words: Mapping[Who, str]

    def what(self, path: str) -> What:
        return What.QUESTION if path in self.questions else What.REQUEST


def load_rate_rules(path: Path = RATES_FILE) -> RateRules:
    """Raises KeyError, ValueError or tomllib.TOMLDecodeError where an entry is missing or cannot be read."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    limits = {(who, what): tuple(parse(text) for text in table[who][what]) for who in Who for what in What}
    return RateRules(limits, frozenset(table["questions"]["paths"]), {who: table["words"][who] for who in Who})


@dataclass(frozen=True, slots=True)
class RateLimits:
    """`limiter` None: nobody is limited. `is_local`: counting takes microseconds, so that it needs no thread of its own.

    Only digests of addresses and names reach the storage.
    """

    rules: RateRules
    limiter: SlidingWindowCounterRateLimiter | None = None
    is_local: bool = True

    def note(self, who: Who, name: str, path: str) -> None:
        """Counts a request for `path`. Raises TooManyRequests; StoreUnavailable where the shared count is lost."""
        if self.limiter is None:
            return
        what = self.rules.what(path)
        counted = (who.value, what.value, sha256(name.encode()).hexdigest())
        try:
            for limit in self.rules.limits[who, what]:
                if not self.limiter.hit(limit, *counted):
                    raise TooManyRequests(self.rules.words[who], self._wait_s(limit, counted))
        except StorageError as error:
            raise StoreUnavailable("访问次数暂时无法核对，请稍后再试。管理员请检查 Valkey 是否在运行。") from error

    def _wait_s(self, limit: RateLimitItem, counted: tuple[str, ...]) -> int:
        """Until a request is let in again, if none comes meanwhile. `limiter` is set."""
        assert self.limiter is not None  # noqa: S101 - the caller has counted with it, narrows for mypy
        return max(1, ceil(self.limiter.get_window_stats(limit, *counted).reset_time - time()))


def counted_address(address: str) -> str:
    """An IPv6 customer has a whole /64 to choose from (RFC 6177), so that it counts as one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
