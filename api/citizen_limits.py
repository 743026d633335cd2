"""How often somebody who is not signed in may look up, submit or ask for a person. Addresses and numbers are kept as digests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from api.access.errors import AccessError
from api.access.ports import AttemptLimit, AttemptStore
from knowledge_base.ports import Clock

LIMITS_FILE = Path(__file__).with_name("citizen_limits.toml")

_WORDS = {
    "progress": "查询次数过多，为保护办事人的信息，请 {minutes} 分钟后再查；急需了解请拨打 12345。",
    "request": "提交次数过多，请 {minutes} 分钟后再提交；急需办理请拨打 12345。",
    "handoff": "转人工的次数过多，请 {minutes} 分钟后再试；急需办理请拨打 12345。",
}


class TooManyTries(AccessError):
    def __init__(self, purpose: str, minutes: int) -> None:
        super().__init__(_WORDS[purpose].format(minutes=minutes))
        self.minutes, self.retry_after_s = minutes, 60 * minutes


@dataclass(frozen=True, slots=True)
class CitizenLimits:
    """`limits` by purpose, then by what is counted: "address" and, for look-ups, "number"."""

    store: AttemptStore
    limits: Mapping[str, Mapping[str, AttemptLimit]]
    clock: Clock

    @contextmanager
    def failures(self, purpose: str, **counted: str) -> Iterator[None]:
        """Count the attempt unless the block ends well. Raises TooManyTries before the block runs."""
        noted = self.note(purpose, **counted)
        yield
        for attempt in noted:
            self.store.forget(attempt)

    def note(self, purpose: str, **counted: str) -> tuple[str, ...]:
        """Count an attempt. Raises TooManyTries; then it is not counted."""
        noted: list[str] = []
        for kind, limit in self.limits[purpose].items():
            attempt = self.store.begin(_key(purpose, kind, counted[kind]), self.clock(), limit)
            if attempt is None:
                for earlier in noted:
                    self.store.forget(earlier)
                raise TooManyTries(purpose, limit.lock_min)
            noted.append(attempt)
        return tuple(noted)


def load_citizen_limits(store: AttemptStore, clock: Clock, path: Path = LIMITS_FILE) -> CitizenLimits:
    """Raises KeyError, TypeError or ValueError where an entry is missing, unknown or contradictory."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    limits = {purpose: {kind: _limit(entry) for kind, entry in table[purpose].items()} for purpose in _WORDS}
    return CitizenLimits(store, limits, clock)


def _limit(entry: Mapping[str, int]) -> AttemptLimit:
    limit = AttemptLimit(**entry)
    if not limit.window_min <= limit.lock_min <= 30:
        raise ValueError("citizen_limits.toml: window_min ≤ lock_min ≤ 30")
    return limit


def _key(purpose: str, kind: str, counted: str) -> str:
    return f"{purpose}.{kind}:" + sha256(counted.strip().upper().encode()).hexdigest()
