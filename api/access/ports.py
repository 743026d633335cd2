"""What access needs from outside: stores, the access record, and somebody who can tell who a person is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from api.access.audit_chain import Anchor, ChainedRow
from api.access.models import AccessEvent, Account, EventFilter, Identity, Session


class AccountStore(Protocol):
    """Accounts, their password hashes, and the identities that lead to them. All moments are UTC."""

    def add(self, account: Account, password_hash: str, identities: tuple[Identity, ...]) -> None:
        """Raises AccountExists where the name or an identity is taken; nothing is kept then."""
        ...

    def save(self, account: Account) -> None:
        """Replace what is known of the account with this id. Raises UnknownAccount."""
        ...

    def get(self, account_id: str) -> Account | None: ...

    def by_name(self, name: str) -> Account | None: ...

    def by_identity(self, identity: Identity) -> Account | None: ...

    def all(self) -> tuple[Account, ...]:
        """In the order of their names."""
        ...

    def identities(self, account_id: str) -> tuple[Identity, ...]:
        """In the order of provider and subject."""
        ...

    def link(self, account_id: str, identity: Identity) -> None:
        """Raises IdentityTaken where it leads to an account already, UnknownAccount."""
        ...

    def unlink(self, identity: Identity) -> None:
        """One that leads nowhere is no error."""
        ...

    def password_hash(self, account_id: str) -> str: ...

    def set_password(self, account_id: str, password_hash: str, must_change: bool) -> None:
        """Raises UnknownAccount."""
        ...


class SessionStore(Protocol):
    def add(self, session: Session) -> None: ...

    def get(self, token_digest: str) -> Session | None: ...

    def touch(self, token_digest: str, at: datetime) -> None:
        """The session was used; an unknown one is no error."""
        ...

    def remove(self, token_digest: str) -> None: ...

    def remove_of(self, account_id: str) -> None:
        """End every session of an account."""
        ...

    def remove_opened_before(self, moment: datetime) -> None: ...


class AttemptStore(Protocol):
    """Attempts to sign in, counted by key (a name, an address). An attempt counts as a failure until it is forgotten."""

    def begin(self, key: str, at: datetime, limit: AttemptLimit) -> str | None:
        """Note an attempt and return its id; None, and nothing noted, where the key is locked. Atomic: parallel guesses all count."""
        ...

    def forget(self, attempt_id: str) -> None:
        """The attempt was no failure."""
        ...

    def clear(self, key: str) -> None:
        """Forget the attempts of this key and of those below it ("key/…")."""
        ...

    def remove_before(self, moment: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class AttemptLimit:
    """`failures` within `window_min` minutes lock a key for `lock_min` minutes; the window is never longer than the lock."""

    failures: int
    window_min: int
    lock_min: int


class AuditTrail(Protocol):
    """What staff did with their rights: only ever added to. Reasons are masked before they are kept."""

    def record(  # noqa: PLR0913, PLR0917 (one argument per column of a line)
        self, actor: str, action: str, subject: str, reason: str = "", address: str = "", before: str = "", after: str = ""
    ) -> None:
        """`actor` and `subject` are names of accounts or numbers of records, never what a citizen wrote; `address` is a client address,
        of which only a pseudonym is kept. `before` and `after` say what an act changed, short, masked like reasons."""
        ...

    def events(self, *, limit: int = 100, actor: str = "", action: str = "", subject: str = "") -> tuple[AccessEvent, ...]:
        """Newest first; an empty filter lets everything through."""
        ...

    def page(self, wanted: EventFilter, limit: int, offset: int = 0) -> tuple[AccessEvent, ...]:
        """Newest first; `offset` of them are passed over."""
        ...

    def count(self, wanted: EventFilter) -> int: ...

    def rows(self) -> Iterator[ChainedRow]:
        """Every row as it is stored, in the order of their numbers: for checking the chain."""
        ...


class AnchorLog(Protocol):
    """Hashes of rows, kept apart from the rows."""

    def add(self, anchor: Anchor) -> None:
        """Never raises."""
        ...

    def all(self) -> Iterable[Anchor]: ...


@dataclass(frozen=True, slots=True)
class SignInAnswer:
    """What came back from the person or from their identity provider: form fields or query parameters, and the client address.

    `callback` is the address it came back to, as it was given to `begin`.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    callback: str = ""


class IdentityProvider(Protocol):
    """Proves who somebody is. The local one asks for a password on our page; one for OIDC sends the browser away and reads what returns."""

    @property
    def name(self) -> str:
        """Part of addresses and identities: lower-case letters, digits, hyphens."""
        ...

    @property
    def label(self) -> str:
        """What the button says."""
        ...

    def begin(self, state: str, callback: str) -> str | None:
        """Where to send the browser, `state` and the callback address included; None where our own form asks."""
        ...

    def complete(self, answer: SignInAnswer) -> Identity:
        """Raises SignInRefused, TooManyAttempts."""
        ...
