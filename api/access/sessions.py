"""Sessions kept on this side: opened at sign-in, ended by time, sign-out, a new password or a disabled account."""

from __future__ import annotations

import secrets
from datetime import timedelta
from hashlib import sha256

from api.access.csrf import token_for
from api.access.models import Account, OpenSession, Session
from api.access.ports import AccountStore, SessionStore
from knowledge_base.ports import Clock

# Writing down every single use would make each page a write; a minute's doubt about idle time harms nobody.
_NOTED_EVERY = timedelta(minutes=1)


class Sessions:
    """`idle` ends an unused session, `longest` ends any."""

    def __init__(self, store: SessionStore, accounts: AccountStore, clock: Clock, idle: timedelta, longest: timedelta) -> None:
        self._store, self._accounts, self._clock = store, accounts, clock
        self.idle, self.longest = idle, longest

    def open(self, account: Account) -> OpenSession:
        """Always a new token: one that was known before sign-in is worth nothing after it."""
        token, now = secrets.token_urlsafe(32), self._clock()
        self._store.remove_opened_before(now - self.longest)
        self._store.add(Session(_digest(token), account.id, now, now))
        return OpenSession(account, token, token_for(token))

    def find(self, token: str) -> OpenSession | None:
        """None where the session is unknown, has ended, or its account was disabled. Counts as use."""
        found, now = self._lasting(token), self._clock()
        if found is None:
            return None
        session, account = found
        if now - session.seen_at >= _NOTED_EVERY:
            self._store.touch(session.token_digest, now)
        return OpenSession(account, token, token_for(token))

    def lasts(self, token: str) -> bool:
        """Whether `find` would find it; for pages that stay open, and no use of it."""
        return self._lasting(token) is not None

    def _lasting(self, token: str) -> tuple[Session, Account] | None:
        session, now = self._store.get(_digest(token)), self._clock()
        if session is None or now - session.seen_at > self.idle or now - session.opened_at > self.longest:
            return None
        account = self._accounts.get(session.account_id)
        return None if account is None or account.disabled else (session, account)

    def clear(self) -> None:
        """Sessions that have ended by time leave no trace in the store."""
        self._store.remove_opened_before(self._clock() - self.longest)

    def close(self, token: str) -> None:
        self._store.remove(_digest(token))

    def close_all(self, account_id: str) -> None:
        self._store.remove_of(account_id)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
