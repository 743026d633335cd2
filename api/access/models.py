"""Frozen values of access: people, their roles and sessions, and what was done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LOCAL = "local"
"""The provider of identities proven by a password kept here."""


_LOGIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")


def login_name(typed: str) -> str:
    """The name as it is kept; "" where it can be nobody's."""
    name = typed.strip().lower()
    return name if _LOGIN_NAME.fullmatch(name) else ""


class Role(StrEnum):
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return _LABELS[self]

    def covers(self, wanted: Role) -> bool:
        """A supervisor may do what an operator does; nothing else follows from a role."""
        return self is wanted or (self is Role.SUPERVISOR and wanted is Role.OPERATOR)


_LABELS = {Role.OPERATOR: "坐席", Role.SUPERVISOR: "班长", Role.ADMINISTRATOR: "管理员", Role.AUDITOR: "审计员"}


@dataclass(frozen=True, slots=True)
class Account:
    """A person who works here. `name` is what they sign in with, in lower case; the password is not part of it."""

    id: str
    name: str
    display_name: str
    roles: frozenset[Role]
    created_at: datetime
    department_id: str | None = None
    disabled: bool = False
    must_change_password: bool = False

    def may(self, *roles: Role) -> bool:
        """True if one of `roles` is held or covered; True for everyone where none is named."""
        return not roles or any(held.covers(wanted) for held in self.roles for wanted in roles)

    @property
    def role_labels(self) -> str:
        return "、".join(role.label for role in Role if role in self.roles)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the provider that checked it says: (local, login name) or (issuer, its `sub`)."""

    provider: str
    subject: str


@dataclass(frozen=True, slots=True)
class Session:
    """What is kept of a session: the digest of its token, never the token."""

    token_digest: str
    account_id: str
    opened_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its holder has it: `token` stands in the cookie, `csrf_token` in every form."""

    account: Account
    token: str
    csrf_token: str


class AccessAction(StrEnum):
    """What this package records; other parts record acts under names of their own. Labels stand in act_names.toml."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_LOCKED = "sign_in_locked"
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an action
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an action
    ACCOUNT_CREATED = "account_created"
    ROLES_CHANGED = "roles_changed"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_ENABLED = "account_enabled"
    ACCOUNT_UNLOCKED = "account_unlocked"
    ACCOUNT_LINKED = "account_linked"
    ACCOUNT_UNLINKED = "account_unlinked"
    SESSIONS_ENDED = "sessions_ended"
    API_KEY_CREATED = "api_key_created"
    API_KEY_REVOKED = "api_key_revoked"
    AUDIT_VERIFIED = "audit_verified"
    AUDIT_EXPORTED = "audit_exported"


@dataclass(frozen=True, slots=True)
class AccessEvent:
    """One line of the access record. `address` is a pseudonym of the client address: equal addresses have equal pseudonyms.

    `before` and `after` say what the act changed, "" where it changed nothing that can be shown. `number` and `hash` are those of
    its row in the chain.
    """

    at: datetime
    actor: str
    action: str
    subject: str
    reason: str = ""
    address: str = ""
    before: str = ""
    after: str = ""
    number: int = 0
    hash: str = ""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Lines of the access record; what is empty lets everything through. `until` is exclusive; `address` a client address as it is."""

    actor: str = ""
    action: str = ""
    subject: str = ""
    address: str = ""
    since: datetime | None = None
    until: datetime | None = None
