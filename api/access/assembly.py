"""Puts the parts of access together from its stores. Chooses no adapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from api.access.accounts import Accounts
from api.access.attempts import AttemptGate
from api.access.audit_checks import AuditChecks
from api.access.local_passwords import LocalPasswords
from api.access.passwords import Passwords
from api.access.ports import AccountStore, AttemptStore, AuditTrail, IdentityProvider, SessionStore
from api.access.rules import AccessRules
from api.access.sessions import Sessions
from api.access.sign_in import SignIn
from knowledge_base.ports import Clock


@dataclass(frozen=True, slots=True)
class AccessStores:
    accounts: AccountStore
    sessions: SessionStore
    attempts: AttemptStore
    audit: AuditTrail
    checks: AuditChecks


@dataclass(frozen=True, slots=True)
class Access:
    """What guards, pages and commands use."""

    accounts: Accounts
    sessions: Sessions
    sign_in: SignIn
    audit: AuditTrail
    checks: AuditChecks


def assemble_access(  # noqa: PLR0913 - parts and limits, each named by the caller
    stores: AccessStores,
    rules: AccessRules,
    clock: Clock,
    *,
    idle: timedelta,
    longest: timedelta,
    elsewhere: Sequence[IdentityProvider] = (),
) -> Access:
    """`idle` and `longest` bound a session; `elsewhere` are identity providers beside the passwords kept here."""
    passwords, gate = Passwords(rules.hashing, rules.passwords), AttemptGate(stores.attempts, rules, clock)
    sessions = Sessions(stores.sessions, stores.accounts, clock, idle, longest)
    local = LocalPasswords(stores.accounts, passwords, gate, rules)
    return Access(
        Accounts(store=stores.accounts, passwords=passwords, gate=gate, sessions=sessions, audit=stores.audit, rules=rules, clock=clock),
        sessions,
        SignIn((local, *elsewhere), stores.accounts, sessions, stores.audit, rules),
        stores.audit,
        stores.checks,
    )
