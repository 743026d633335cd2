"""The identity provider that is always there: a name and a password kept here."""

from __future__ import annotations

from api.access.attempts import AttemptGate
from api.access.errors import SignInRefused
from api.access.models import LOCAL, Identity, login_name
from api.access.passwords import Passwords
from api.access.ports import AccountStore, SignInAnswer
from api.access.rules import AccessRules


class LocalPasswords:
    """An IdentityProvider. Reads the fields `name` and `password`."""

    name, label = LOCAL, "账号密码登录"

    def __init__(self, accounts: AccountStore, passwords: Passwords, gate: AttemptGate, rules: AccessRules) -> None:
        self._accounts, self._passwords, self._gate, self._rules = accounts, passwords, gate, rules

    def begin(self, state: str, callback: str) -> str | None:
        return None

    def complete(self, answer: SignInAnswer) -> Identity:
        """Raises SignInRefused, the same for an unknown name, a wrong password and a disabled account; TooManyAttempts."""
        typed, password = answer.fields.get("name", ""), answer.fields.get("password", "")
        return Identity(LOCAL, self._checked(typed, password, answer.address))

    def _checked(self, typed: str, password: str, address: str) -> str:
        attempts = self._gate.enter(typed, address)
        account = self._accounts.by_name(login_name(typed))
        known = self._accounts.password_hash(account.id) if account else None
        if not self._passwords.matches(known, password) or account is None or account.disabled:
            raise SignInRefused(self._rules.per_person.failures, self._rules.per_person.lock_min)
        self._gate.passed(account.name, address, attempts)
        if known and self._passwords.is_outdated(known):
            self._accounts.set_password(account.id, self._passwords.hash(password), account.must_change_password)
        return account.name
