"""Lock-out after failures: of a name at an address, of a name, of an address. Names that do not exist lock like those that do."""

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
        rules = self._rules
        counted = (
            (address_key(address), rules.per_address),
            (person_key(name, address), rules.per_person),
            (name_key(name), rules.per_name),
        )
        for key, limit in counted:
            attempt = self._store.begin(key, at, limit)
            if attempt is None:
                self._forget(noted)
                raise TooManyAttempts(limit.lock_min)
            noted.append(attempt)
        return tuple(noted)

    def passed(self, name: str, address: str, attempts: Sequence[str]) -> None:
        """The password was right: earlier mistakes with this name at this address are forgiven, others only run out."""
        self._forget(attempts)
        self._store.clear(person_key(name, address))
        longest = max(self._rules.per_person.lock_min, self._rules.per_name.lock_min, self._rules.per_address.lock_min)
        self._store.remove_before(self._clock() - timedelta(minutes=2 * longest))

    def open(self, name: str) -> None:
        """Wherever the name was locked."""
        self._store.clear(name_key(name))

    def _forget(self, attempts: Sequence[str]) -> None:
        for attempt in attempts:
            self._store.forget(attempt)


def name_key(name: str) -> str:
    """A digest, because people type passwords into the wrong field."""
    return "name:" + sha256(name.strip().casefold().encode()).hexdigest()


def person_key(name: str, address: str) -> str:
    """Below the name's key, so that opening the name opens it everywhere."""
    return f"{name_key(name)}/{sha256(address.encode()).hexdigest()}"


def address_key(address: str) -> str:
    return "address:" + sha256(address.encode()).hexdigest()
