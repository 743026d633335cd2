"""The stores of access in memory; they pass the same contract suites as the SQL ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock
from uuid import uuid4

from api.access.adapters.sql.audit_trail import pseudonym
from api.access.assembly import Access, AccessStores, assemble_access
from api.access.attempts import is_locked
from api.access.audit_chain import BEGINNING, Anchor, ChainedRow, ChainSeal
from api.access.audit_checks import AuditChecks
from api.access.errors import AccountExists, IdentityTaken, UnknownAccount
from api.access.models import AccessEvent, Account, EventFilter, Identity, Session
from api.access.ports import AnchorLog, AttemptLimit, IdentityProvider
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

    def identities(self, account_id: str) -> tuple[Identity, ...]:
        found = [identity for identity, owner in self._identities.items() if owner == account_id]
        return tuple(sorted(found, key=lambda identity: (identity.provider, identity.subject)))

    def link(self, account_id: str, identity: Identity) -> None:
        self._require(account_id)
        if identity in self._identities:
            raise IdentityTaken(identity.subject)
        self._identities[identity] = account_id

    def unlink(self, identity: Identity) -> None:
        self._identities.pop(identity, None)

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
        kept = {attempt: noted for attempt, noted in self._attempts.items() if noted[0] != key and not noted[0].startswith(f"{key}/")}
        self._attempts = kept

    def remove_before(self, moment: datetime) -> None:
        self._attempts = {attempt: noted for attempt, noted in self._attempts.items() if noted[1] >= moment}


class MemoryAuditTrail:
    """Chained like the one in SQL, with a key that everybody knows."""

    def __init__(self, clock: Clock, mask: Callable[[str], str], anchors: AnchorLog | None = None) -> None:
        self._clock, self._mask = clock, mask
        self._events: list[AccessEvent] = []
        self._rows: list[ChainedRow] = []
        self._one_at_a_time = Lock()
        self.anchors, self.seal = anchors or MemoryAnchorLog(), ChainSeal(lambda: (b"everybody knows this key",))

    def record(self, actor: str, action: str, subject: str, reason: str = "", address: str = "", before: str = "", after: str = "") -> None:
        said, was, became = (_kept(self._mask(text.replace("\x00", ""))) for text in (reason, before, after))
        with self._one_at_a_time:
            at, number = self._clock().astimezone(UTC), len(self._rows) + 1
            texts = (actor, str(action), subject, said, pseudonym(address), was, became)
            columns = (f"{at:%Y-%m-%d %H:%M:%S.%f}".encode(), *(text.encode() for text in texts))
            previous = self._rows[-1].hash if self._rows else BEGINNING
            row = ChainedRow(number, columns, previous, self.seal.hash(number, columns, previous))
            self._rows.append(row)
            self._events.append(AccessEvent(at, *texts, number=number, hash=row.hash.decode()))
            self.anchors.add(Anchor(number, row.hash))

    def events(self, *, limit: int = 100, actor: str = "", action: str = "", subject: str = "") -> tuple[AccessEvent, ...]:
        return self.page(EventFilter(actor, action, subject), limit)

    def page(self, wanted: EventFilter, limit: int, offset: int = 0) -> tuple[AccessEvent, ...]:
        return tuple(event for event in reversed(self._events) if _matches(event, wanted))[offset : offset + limit]

    def count(self, wanted: EventFilter) -> int:
        return sum(_matches(event, wanted) for event in self._events)

    def rows(self) -> Iterator[ChainedRow]:
        yield from tuple(self._rows)

    def forge(self, number: int, reason: bytes) -> None:
        """As somebody with the database in hand would."""
        row = self._rows[number - 1]
        self._rows[number - 1] = replace(row, columns=(*row.columns[:4], reason, *row.columns[5:]))


class MemoryAnchorLog:
    def __init__(self) -> None:
        self._anchors: list[Anchor] = []

    def add(self, anchor: Anchor) -> None:
        self._anchors.append(anchor)

    def all(self) -> Iterator[Anchor]:
        yield from tuple(self._anchors)


def _kept(said: str) -> str:
    return said if len(said) <= 500 else said[:499] + "…"


def _matches(event: AccessEvent, wanted: EventFilter) -> bool:
    pairs = (
        (wanted.actor, event.actor),
        (wanted.action, event.action),
        (wanted.subject, event.subject),
        (pseudonym(wanted.address), event.address),
    )
    in_time = (wanted.since is None or event.at >= wanted.since) and (wanted.until is None or event.at < wanted.until)
    return in_time and all(not sought or sought == found for sought, found in pairs)


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
    audit = MemoryAuditTrail(clock, mask)
    checks = AuditChecks(audit, audit.seal, audit.anchors)
    stores = AccessStores(accounts or MemoryAccountStore(), MemorySessionStore(), MemoryAttemptStore(), audit, checks)
    return assemble_access(stores, quick_rules(), clock, idle=timedelta(hours=1), longest=timedelta(hours=12), elsewhere=elsewhere)
