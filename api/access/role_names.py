"""Roles as the domain knows them, by account name: work orders do not know accounts."""

from __future__ import annotations

from api.access.accounts import Accounts
from api.access.errors import UnknownAccount


def roles_of(accounts: Accounts, name: str) -> frozenset[str]:
    """Of an account that may sign in; none for any other name."""
    try:
        account = accounts.named(name)
    except UnknownAccount:
        return frozenset()
    return frozenset() if account.disabled else frozenset(role.value for role in account.roles)
