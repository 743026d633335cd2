"""Making and changing accounts; every change ends up in the access record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import uuid4

from api.access.attempts import AttemptGate
from api.access.errors import AccountExists, InvalidAccount, LastAdministrator, OwnAccount, UnknownAccount, WrongPassword
from api.access.models import LOCAL, AccessAction, Account, Identity, Role, login_name
from api.access.passwords import Passwords, generate_password
from api.access.ports import AccountStore, AuditTrail
from api.access.rules import AccessRules
from api.access.sessions import Sessions
from knowledge_base.ports import Clock

FIRST_ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """`initial_password` only where it was generated; it is shown once and kept nowhere."""

    account: Account
    initial_password: str | None


class Accounts:
    def __init__(  # noqa: PLR0913 - its parts, named by the one who assembles them
        self,
        *,
        store: AccountStore,
        passwords: Passwords,
        gate: AttemptGate,
        sessions: Sessions,
        audit: AuditTrail,
        rules: AccessRules,
        clock: Clock,
    ) -> None:
        self._store, self._passwords, self._gate, self._sessions = store, passwords, gate, sessions
        self._audit, self._rules, self._clock = audit, rules, clock

    def all(self) -> tuple[Account, ...]:
        return self._store.all()

    def get(self, account_id: str) -> Account | None:
        return self._store.get(account_id)

    def named(self, name: str) -> Account:
        """Raises UnknownAccount."""
        account = self._store.by_name(login_name(name))
        if account is None:
            raise UnknownAccount(name)
        return account

    def create(  # noqa: PLR0913 - the fields of an account
        self,
        name: str,
        roles: Collection[Role],
        *,
        by: str,
        password: str | None = None,
        display_name: str = "",
        department_id: str | None = None,
        address: str = "",
    ) -> NewAccount:
        """Without a password one is generated, to be changed at first use. Raises InvalidAccount, AccountExists, UnsuitablePassword."""
        login = _required_name(name)
        _require_roles(roles)
        if self._store.by_name(login):
            raise AccountExists(login)
        if password is not None:
            self._passwords.require_suitable(password, login)
        generated = generate_password() if password is None else None
        account = Account(
            id=uuid4().hex,
            name=login,
            display_name=display_name.strip() or login,
            roles=frozenset(roles),
            created_at=self._clock(),
            department_id=department_id,
            must_change_password=generated is not None,
        )
        self._store.add(account, self._passwords.hash(password or generated or ""), (Identity(LOCAL, login),))
        self._audit.record(by, AccessAction.ACCOUNT_CREATED, login, address=address, after=_described(account))
        return NewAccount(account, generated)

    def has_administrator(self) -> bool:
        """A disabled one counts: it can be enabled again."""
        return any(Role.ADMINISTRATOR in account.roles for account in self._store.all())

    def create_first_administrator(self, *, by: str, name: str = FIRST_ADMINISTRATOR, password: str | None = None) -> NewAccount | None:
        """None, and nothing changed, where there is an administrator already."""
        if self.has_administrator():
            return None
        return self.create(name, {Role.ADMINISTRATOR}, by=by, password=password, display_name="管理员")

    def set_roles(self, name: str, roles: Collection[Role], *, by: str, reason: str = "", address: str = "") -> Account:
        """Takes effect at the account's next request. Raises UnknownAccount, InvalidAccount, LastAdministrator."""
        account = self.named(name)
        _require_roles(roles)
        if Role.ADMINISTRATOR not in roles and self._is_last_administrator(account):
            raise LastAdministrator(account.name)
        changed = replace(account, roles=frozenset(roles))
        self._store.save(changed)
        labels = account.role_labels, changed.role_labels
        self._audit.record(by, AccessAction.ROLES_CHANGED, account.name, reason, address, *labels)
        return changed

    def change_password(self, account: Account, current: str, new: str, address: str = "") -> None:
        """By its owner; ends all sessions of the account. Raises WrongPassword, TooManyAttempts, UnsuitablePassword."""
        attempts = self._gate.enter(account.name, address)
        if not self._passwords.matches(self._store.password_hash(account.id), current):
            raise WrongPassword(self._rules.per_person.failures, self._rules.per_person.lock_min)
        self._gate.passed(account.name, address, attempts)
        self._passwords.require_new(new, current, account.name)
        self._store.set_password(account.id, self._passwords.hash(new), must_change=False)
        self._sessions.close_all(account.id)
        self._audit.record(account.name, AccessAction.PASSWORD_CHANGED, account.name, address=address)

    def reset_password(self, name: str, *, by: str, reason: str = "", address: str = "") -> str:
        """Returns the new password, to be changed at first use; ends all sessions and a lock-out. Raises UnknownAccount."""
        account, password = self.named(name), generate_password()
        self._store.set_password(account.id, self._passwords.hash(password), must_change=True)
        self._sessions.close_all(account.id)
        self._gate.open(account.name)
        self._audit.record(by, AccessAction.PASSWORD_RESET, account.name, reason, address)
        return password

    def disable(self, name: str, *, by: str, reason: str = "", address: str = "") -> None:
        """Ends all sessions. Raises UnknownAccount, OwnAccount, LastAdministrator."""
        account = self.named(name)
        if account.name == by:
            raise OwnAccount
        if self._is_last_administrator(account):
            raise LastAdministrator(account.name)
        self._store.save(replace(account, disabled=True))
        self._sessions.close_all(account.id)
        self._audit.record(by, AccessAction.ACCOUNT_DISABLED, account.name, reason, address, "可以登录", "停用")

    def enable(self, name: str, *, by: str, reason: str = "", address: str = "") -> None:
        """Also ends a lock-out. Raises UnknownAccount."""
        account = self.named(name)
        self._store.save(replace(account, disabled=False))
        self._gate.open(account.name)
        was = "停用" if account.disabled else "可以登录"
        self._audit.record(by, AccessAction.ACCOUNT_ENABLED, account.name, reason, address, was, "可以登录")

    def unlock(self, name: str, *, by: str, reason: str = "", address: str = "") -> None:
        """After too many failures, without another password. Raises UnknownAccount."""
        account = self.named(name)
        self._gate.open(account.name)
        self._audit.record(by, AccessAction.ACCOUNT_UNLOCKED, account.name, reason, address)

    def end_sessions(self, name: str, *, by: str, reason: str = "", address: str = "") -> None:
        """Signs out everywhere; the account may sign in again. Raises UnknownAccount."""
        account = self.named(name)
        self._sessions.close_all(account.id)
        self._audit.record(by, AccessAction.SESSIONS_ENDED, account.name, reason, address)

    def identities(self, name: str) -> tuple[Identity, ...]:
        """Those from elsewhere. Raises UnknownAccount."""
        return tuple(identity for identity in self._store.identities(self.named(name).id) if identity.provider != LOCAL)

    def link(self, name: str, identity: Identity, *, by: str, address: str = "") -> None:
        """From now on this identity signs in as this account. Raises UnknownAccount, IdentityTaken, InvalidAccount."""
        account = self.named(name)
        if identity.provider == LOCAL or not identity.provider.strip() or not identity.subject.strip():
            raise InvalidAccount("请写明统一身份的提供方和其中的用户标识（sub）。")
        self._store.link(account.id, identity)
        self._audit.record(by, AccessAction.ACCOUNT_LINKED, account.name, address=address, after=f"{identity.provider} {identity.subject}")

    def unlink(self, name: str, identity: Identity, *, by: str, address: str = "") -> None:
        """Raises UnknownAccount; InvalidAccount where the account has no such identity."""
        account = self.named(name)
        if identity not in self.identities(name):
            raise InvalidAccount(f"账号“{account.name}”没有绑定这个统一身份。")
        self._store.unlink(identity)
        self._audit.record(
            by, AccessAction.ACCOUNT_UNLINKED, account.name, address=address, before=f"{identity.provider} {identity.subject}"
        )

    def _is_last_administrator(self, account: Account) -> bool:
        active = [other.id for other in self._store.all() if Role.ADMINISTRATOR in other.roles and not other.disabled]
        return active == [account.id]


def _required_name(typed: str) -> str:
    name = login_name(typed)
    if not name:
        raise InvalidAccount("账号名应为 2 到 32 个小写字母、数字、点、下划线或连字符，以字母或数字开头，例如 zhang.san。")
    return name


def _require_roles(roles: Collection[Role]) -> None:
    if not roles:
        raise InvalidAccount("请至少指定一个角色，例如 --role operator。")


def _described(account: Account) -> str:
    return f"{account.display_name}，{account.role_labels}" + (f"，部门 {account.department_id}" if account.department_id else "")
