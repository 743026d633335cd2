"""Keys of other systems in SQL, by the digest of their secret."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, insert, select, update

from api.access.adapters.sql.tables import api_keys
from api.access.key_models import ApiKey, Scope
from knowledge_base.utc_moments import in_utc


class SqlApiKeyStore:
    """An ApiKeyStore on an engine that went through `prepare_access`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def add(self, key: ApiKey, digest: str) -> None:
        row = {
            "id": key.id,
            "digest": digest,
            "name": key.name,
            "owner": key.owner,
            "scopes": " ".join(sorted(key.scopes)),
            "created_at": in_utc(key.created_at),
            "created_by": key.created_by,
            "expires_on": key.expires_on,
            "revoked_by": key.revoked_by,
        }
        with self._writing.begin() as connection:
            connection.execute(insert(api_keys).values(row))

    def by_digest(self, digest: str) -> ApiKey | None:
        return self._one(api_keys.c.digest == digest)

    def get(self, key_id: str) -> ApiKey | None:
        return self._one(api_keys.c.id == key_id.replace("\x00", ""))

    def all(self) -> tuple[ApiKey, ...]:
        newest = select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
        with self._engine.connect() as connection:
            return tuple(_key(row) for row in connection.execute(newest))

    def save(self, key: ApiKey) -> None:
        this, values = api_keys.c.id == key.id, dict[str, Any]()
        if key.last_used_at is not None:
            values["last_used_at"] = in_utc(key.last_used_at)
        if key.revoked_at is not None:
            values |= {"revoked_at": in_utc(key.revoked_at), "revoked_by": key.revoked_by}
        if values:
            with self._writing.begin() as connection:
                connection.execute(update(api_keys).where(this).values(values))

    def _one(self, condition: ColumnElement[bool]) -> ApiKey | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(api_keys).where(condition)).first()
        return _key(row) if row else None


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        name=row.name,
        owner=row.owner,
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        created_at=in_utc(row.created_at),
        created_by=row.created_by,
        expires_on=row.expires_on,
        last_used_at=in_utc(row.last_used_at) if row.last_used_at else None,
        revoked_at=in_utc(row.revoked_at) if row.revoked_at else None,
        revoked_by=row.revoked_by,
    )
