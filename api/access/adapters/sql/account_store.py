"""Accounts in SQL. The password hash stands beside the account and leaves only through `password_hash`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from api.access.adapters.sql.tables import account_identities, accounts
from api.access.errors import AccountExists, IdentityTaken, UnknownAccount
from api.access.models import Account, Identity, Role
from knowledge_base.utc_moments import in_utc

_SHOWN = [column for column in accounts.c if column.name != "password_hash"]


class SqlAccountStore:
    """An AccountStore on an engine that went through `prepare_access`. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def add(self, account: Account, password_hash: str, identities: tuple[Identity, ...]) -> None:
        links = [{"provider": who.provider, "subject": who.subject, "account_id": account.id} for who in identities]
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(accounts).values(id=account.id, password_hash=password_hash, **_values(account)))
                if links:
                    connection.execute(insert(account_identities), links)
        except IntegrityError as error:
            raise AccountExists(account.name) from error

    def save(self, account: Account) -> None:
        self._update(account.id, _values(account))

    def get(self, account_id: str) -> Account | None:
        return self._one(accounts.c.id == account_id)

    def by_name(self, name: str) -> Account | None:
        return self._one(accounts.c.name == name)

    def by_identity(self, identity: Identity) -> Account | None:
        linked = select(account_identities.c.account_id).where(
            account_identities.c.provider == identity.provider, account_identities.c.subject == identity.subject
        )
        return self._one(accounts.c.id.in_(linked))

    def all(self) -> tuple[Account, ...]:
        with self._engine.connect() as connection:
            return tuple(_account(row) for row in connection.execute(select(*_SHOWN).order_by(accounts.c.name)))

    def identities(self, account_id: str) -> tuple[Identity, ...]:
        ordered = select(account_identities).where(account_identities.c.account_id == account_id)
        with self._engine.connect() as connection:
            rows = connection.execute(ordered.order_by(account_identities.c.provider, account_identities.c.subject)).all()
        return tuple(Identity(row.provider, row.subject) for row in rows)

    def link(self, account_id: str, identity: Identity) -> None:
        row = {"provider": identity.provider, "subject": identity.subject, "account_id": account_id}
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(account_identities).values(row))
        except IntegrityError as error:
            if self.get(account_id) is None:
                raise UnknownAccount(account_id) from error
            raise IdentityTaken(identity.subject) from error

    def unlink(self, identity: Identity) -> None:
        linked = (account_identities.c.provider == identity.provider) & (account_identities.c.subject == identity.subject)
        with self._writing.begin() as connection:
            connection.execute(delete(account_identities).where(linked))

    def password_hash(self, account_id: str) -> str:
        with self._engine.connect() as connection:
            found = connection.execute(select(accounts.c.password_hash).where(accounts.c.id == account_id)).scalar()
        if found is None:
            raise UnknownAccount(account_id)
        return str(found)

    def set_password(self, account_id: str, password_hash: str, must_change: bool) -> None:
        self._update(account_id, {"password_hash": password_hash, "must_change_password": must_change})

    def _update(self, account_id: str, values: dict[str, Any]) -> None:
        with self._writing.begin() as connection:
            if connection.execute(update(accounts).where(accounts.c.id == account_id).values(values)).rowcount == 0:
                raise UnknownAccount(account_id)

    def _one(self, condition: ColumnElement[bool]) -> Account | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(*_SHOWN).where(condition)).first()
        return _account(row) if row else None


def _values(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "display_name": account.display_name,
        "roles": " ".join(sorted(account.roles)),
        "department_id": account.department_id,
        "disabled": account.disabled,
        "must_change_password": account.must_change_password,
        "created_at": in_utc(account.created_at),
    }


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        roles=frozenset(Role(role) for role in row.roles.split()),
        created_at=in_utc(row.created_at),
        department_id=row.department_id,
        disabled=row.disabled,
        must_change_password=row.must_change_password,
    )
