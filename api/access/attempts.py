"""Lock-out after failures, by name and by client address. Names that do not exist lock like those that do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from api.access.errors import TooManyAttempts
from api.access.ports import AttemptLimit, AttemptStore
from api.access.rules import AccessRules
from knowledge_base.ports import Clock


def is_locked(failures: Sequence[datetime], at: datetime, limit: AttemptLimit) -> bool:
    """`failures` newest first; those beyond the limit's number do not matter."""
    if len(failures) < limit.failures:
        return False
    newest, first = failures[0], failures[limit.failures - 1]
    return newest - first < timedelta(minutes=limit.window_min) and at < newest + timedelta(minutes=limit.lock_min)


class AttemptGate:
    """Every check of a password goes through here."""

    def __init__(self, store: AttemptStore, rules: AccessRules, clock: Clock) -> None:
        self._store, self._rules, self._clock = store, rules, clock

    def enter(self, name: str, address: str) -> tuple[str, ...]:
        """Note an attempt; the ids are for `passed`. Raises TooManyAttempts."""
        at, noted = self._clock(), list[str]()
        for key, limit in ((address_key(address), self._rules.per_address), (name_key(name), self._rules.per_name)):
            attempt = self._store.begin(key, at, limit)
            if attempt is None:
                self._forget(noted)
                raise TooManyAttempts(limit.lock_min)
            noted.append(attempt)
        return tuple(noted)

    def passed(self, name: str, attempts: Sequence[str]) -> None:
        """The password was right: earlier mistakes with this name are forgiven, those from this address only run out."""
        self._forget(attempts)
        self.open(name)
        longest = max(self._rules.per_name.lock_min, self._rules.per_address.lock_min)
        self._store.remove_before(self._clock() - timedelta(minutes=2 * longest))

    def open(self, name: str) -> None:
        self._store.clear(name_key(name))

    def _forget(self, attempts: Sequence[str]) -> None:
        for attempt in attempts:
            self._store.forget(attempt)


def name_key(name: str) -> str:
    """A digest, because people type passwords into the wrong field."""
    return "name:" + sha256(name.strip().casefold().encode()).hexdigest()


def address_key(address: str) -> str:
    return "address:" + sha256(address.encode()).hexdigest()
