"""From a proven identity to an open session, with every outcome in the access record."""

from __future__ import annotations

from collections.abc import Sequence

from api.access.errors import AccessError, IdentityRefused, SignInRefused, TooManyAttempts
from api.access.models import LOCAL, AccessAction, Identity, OpenSession, login_name
from api.access.ports import AccountStore, AuditTrail, IdentityProvider, SignInAnswer
from api.access.rules import AccessRules
from api.access.sessions import Sessions

UNKNOWN = "（未知账号）"
"""Stands in the record for a name that is no account: people type passwords into the wrong field."""


class SignIn:
    def __init__(
        self,
        providers: Sequence[IdentityProvider],
        accounts: AccountStore,
        sessions: Sessions,
        audit: AuditTrail,
        rules: AccessRules,
    ) -> None:
        self._providers = {provider.name: provider for provider in providers}
        self.elsewhere = tuple(provider for provider in providers if provider.name != LOCAL)
        self._accounts, self._sessions, self._audit, self._rules = accounts, sessions, audit, rules

    def begin(self, provider: str, state: str, callback: str) -> str | None:
        """Where to send the browser; None where there is no such provider, or it asks on our own page."""
        known = self._providers.get(provider)
        return known.begin(state, callback) if known else None

    def sign_in(self, provider: str, answer: SignInAnswer, earlier_token: str = "") -> OpenSession:
        """Opens a new session and ends the one of `earlier_token`. Raises SignInRefused, TooManyAttempts."""
        try:
            identity = self._identity(provider, answer)
        except AccessError as error:
            self._note_failure(error, answer)
            raise
        account = self._accounts.by_identity(identity)
        if account is None or account.disabled:
            refused = self._refusal(provider)
            self._note_failure(refused, answer)
            raise refused
        if earlier_token:
            self._sessions.close(earlier_token)
        session = self._sessions.open(account)
        self._audit.record(account.name, AccessAction.SIGNED_IN, account.name, address=answer.address)
        return session

    def sign_out(self, session: OpenSession, address: str = "") -> None:
        self._sessions.close(session.token)
        name = session.account.name
        self._audit.record(name, AccessAction.SIGNED_OUT, name, address=address)

    def _identity(self, provider: str, answer: SignInAnswer) -> Identity:
        if provider not in self._providers:
            raise IdentityRefused
        return self._providers[provider].complete(answer)

    def _refusal(self, provider: str) -> SignInRefused:
        if provider != LOCAL:
            return IdentityRefused()
        return SignInRefused(self._rules.per_person.failures, self._rules.per_person.lock_min)

    def _note_failure(self, error: AccessError, answer: SignInAnswer) -> None:
        action = AccessAction.SIGN_IN_LOCKED if isinstance(error, TooManyAttempts) else AccessAction.SIGN_IN_FAILED
        account = self._accounts.by_name(login_name(answer.fields.get("name", "")))
        name = account.name if account else UNKNOWN
        self._audit.record(name, action, name, address=answer.address)
