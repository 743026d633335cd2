"""Keys of other systems in memory; passes the same contract suite as the SQL store."""

from __future__ import annotations

from dataclasses import replace

from api.access.key_models import ApiKey


class MemoryApiKeyStore:
    def __init__(self) -> None:
        self._keys: dict[str, tuple[ApiKey, str]] = {}

    def add(self, key: ApiKey, digest: str) -> None:
        self._keys[key.id] = (key, digest)

    def by_digest(self, digest: str) -> ApiKey | None:
        return next((key for key, known in self._keys.values() if known == digest), None)

    def get(self, key_id: str) -> ApiKey | None:
        found = self._keys.get(key_id)
        return found[0] if found else None

    def all(self) -> tuple[ApiKey, ...]:
        keys = sorted((key for key, _ in self._keys.values()), key=lambda key: key.id)
        return tuple(sorted(keys, key=lambda key: key.created_at, reverse=True))

    def save(self, key: ApiKey) -> None:
        if key.id not in self._keys:
            return
        known, digest = self._keys[key.id]
        changed = replace(known, last_used_at=key.last_used_at or known.last_used_at)
        if key.revoked_at is not None:
            changed = replace(changed, revoked_at=key.revoked_at, revoked_by=key.revoked_by)
        self._keys[key.id] = (changed, digest)
