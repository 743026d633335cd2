"""The stores of access in memory; they pass the same contract suites as the SQL ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock
from uuid import uuid4

from api.access.adapters.sql.audit_trail import pseudonym
from api.access.assembly import Access, AccessStores, assemble_access
from api.access.attempts import is_locked
from api.access.errors import AccountExists, UnknownAccount
from api.access.models import AccessEvent, Account, Identity, Session
from api.access.ports import AttemptLimit, IdentityProvider
from api.access.rules import AccessRules, HashingRules, load_access_rules
from knowledge_base.ports import Clock


class MemoryAccountStore:
    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._hashes: dict[str, str] = {}
        self._identities: dict[Identity, str] = {}

    def add(self, account: Account, password_hash: str, identities: tuple[Identity, ...]) -> None:
        if self.by_name(account.name) or any(identity in self._identities for identity in identities):
            raise AccountExists(account.name)
        self._accounts[account.id], self._hashes[account.id] = account, password_hash
        self._identities |= dict.fromkeys(identities, account.id)

    def save(self, account: Account) -> None:
        self._require(account.id)
        self._accounts[account.id] = account

    def get(self, account_id: str) -> Account | None:
        return self._accounts.get(account_id)

    def by_name(self, name: str) -> Account | None:
        return next((account for account in self._accounts.values() if account.name == name), None)

    def by_identity(self, identity: Identity) -> Account | None:
        return self._accounts.get(self._identities.get(identity, ""))

    def all(self) -> tuple[Account, ...]:
        return tuple(sorted(self._accounts.values(), key=lambda account: account.name))

    def password_hash(self, account_id: str) -> str:
        self._require(account_id)
        return self._hashes[account_id]

    def set_password(self, account_id: str, password_hash: str, must_change: bool) -> None:
        self._require(account_id)
        self._hashes[account_id] = password_hash
        self._accounts[account_id] = replace(self._accounts[account_id], must_change_password=must_change)

    def _require(self, account_id: str) -> None:
        if account_id not in self._accounts:
            raise UnknownAccount(account_id)


class MemorySessionStore:
    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def add(self, session: Session) -> None:
        self._sessions[session.token_digest] = session

    def get(self, token_digest: str) -> Session | None:
        return self._sessions.get(token_digest)

    def touch(self, token_digest: str, at: datetime) -> None:
        if token_digest in self._sessions:
            self._sessions[token_digest] = replace(self._sessions[token_digest], seen_at=at)

    def remove(self, token_digest: str) -> None:
        self._sessions.pop(token_digest, None)

    def remove_of(self, account_id: str) -> None:
        self._keep(lambda session: session.account_id != account_id)

    def remove_opened_before(self, moment: datetime) -> None:
        self._keep(lambda session: session.opened_at >= moment)

    def _keep(self, wanted: Callable[[Session], bool]) -> None:
        self._sessions = {digest: session for digest, session in self._sessions.items() if wanted(session)}


class MemoryAttemptStore:
    def __init__(self) -> None:
        self._attempts: dict[str, tuple[str, datetime]] = {}
        self._one_at_a_time = Lock()

    def begin(self, key: str, at: datetime, limit: AttemptLimit) -> str | None:
        with self._one_at_a_time:
            failures = sorted((moment for known, moment in self._attempts.values() if known == key), reverse=True)
            if is_locked(failures, at, limit):
                return None
            attempt = uuid4().hex
            self._attempts[attempt] = (key, at)
            return attempt

    def forget(self, attempt_id: str) -> None:
        self._attempts.pop(attempt_id, None)

    def clear(self, key: str) -> None:
        self._attempts = {attempt: noted for attempt, noted in self._attempts.items() if noted[0] != key}

    def remove_before(self, moment: datetime) -> None:
        self._attempts = {attempt: noted for attempt, noted in self._attempts.items() if noted[1] >= moment}


class MemoryAuditTrail:
    def __init__(self, clock: Clock, mask: Callable[[str], str]) -> None:
        self._clock, self._mask = clock, mask
        self._events: list[AccessEvent] = []

    def record(self, actor: str, action: str, subject: str, reason: str = "", address: str = "", before: str = "", after: str = "") -> None:
        said, was, became = (self._mask(text.replace("\x00", "")) for text in (reason, before, after))
        self._events.append(AccessEvent(self._clock(), actor, str(action), subject, said, pseudonym(address), was, became))

    def events(self, *, limit: int = 100, actor: str = "", action: str = "", subject: str = "") -> tuple[AccessEvent, ...]:
        wanted = (event for event in reversed(self._events) if _matches(event, actor, action, subject))
        return tuple(wanted)[:limit]


def _matches(event: AccessEvent, actor: str, action: str, subject: str) -> bool:
    pairs = ((actor, event.actor), (action, event.action), (subject, event.subject))
    return all(not wanted or wanted == found for wanted, found in pairs)


def quick_rules() -> AccessRules:
    """The rules as they are, with hashing that costs next to nothing."""
    return replace(load_access_rules(), hashing=HashingRules(passes=1, memory_kib=8, lanes=1, at_once=4))


def memory_access(
    clock: Clock,
    mask: Callable[[str], str] = str,
    accounts: MemoryAccountStore | None = None,
    elsewhere: Sequence[IdentityProvider] = (),
) -> Access:
    """Sessions of an hour without use, half a day at most."""
    stores = AccessStores(accounts or MemoryAccountStore(), MemorySessionStore(), MemoryAttemptStore(), MemoryAuditTrail(clock, mask))
    return assemble_access(stores, quick_rules(), clock, idle=timedelta(hours=1), longest=timedelta(hours=12), elsewhere=elsewhere)
