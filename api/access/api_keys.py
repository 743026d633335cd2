"""Keys for other systems: made and revoked by administrators, asked for at every door; every change ends up in the access record."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from typing import Protocol

from api.access.errors import ApiKeyNeeded, ApiKeyRefused, InvalidApiKey, ScopeMissing, UnknownApiKey
from api.access.key_models import KEY_MARK, ApiKey, KeyState, NewKey, Scope
from api.access.models import AccessAction
from api.access.ports import AuditTrail
from knowledge_base.china_time import china_day
from knowledge_base.ports import Clock

_LONGEST = 60
# As with sessions: writing down every single use would make each request a write.
_NOTED_EVERY = timedelta(minutes=1)


class ApiKeyStore(Protocol):
    """Keys by the digest of their secret. All moments are UTC."""

    def add(self, key: ApiKey, digest: str) -> None: ...

    def by_digest(self, digest: str) -> ApiKey | None: ...

    def get(self, key_id: str) -> ApiKey | None: ...

    def all(self) -> tuple[ApiKey, ...]:
        """The newest first."""
        ...

    def save(self, key: ApiKey) -> None:
        """Last use and revocation of the key with this id; one that was revoked stays so. An unknown one is no error."""
        ...


@dataclass(frozen=True, slots=True)
class ApiKeys:
    """`mask` hides personal data in what is written about a key."""

    store: ApiKeyStore
    audit: AuditTrail
    mask: Callable[[str], str]
    clock: Clock

    def all(self) -> tuple[ApiKey, ...]:
        return self.store.all()

    def named(self, shown: str) -> ApiKey:
        """By its id or by how it begins. Raises UnknownApiKey."""
        key = self.store.get(shown.strip().removeprefix(KEY_MARK)[:8])
        if key is None:
            raise UnknownApiKey
        return key

    def create(  # noqa: PLR0913 - the fields of a key
        self, name: str, owner: str, scopes: Collection[Scope], *, by: str, expires_on: date | None = None, address: str = ""
    ) -> NewKey:
        """Raises InvalidApiKey."""
        called, owned = (_required(self.mask(text), label) for text, label in ((name, "用途"), (owner, "负责人")))
        if not scopes:
            raise InvalidApiKey("请至少选择一项权限。")
        if expires_on is not None and expires_on < china_day(self.clock()):
            raise InvalidApiKey("有效期已经过了。请填写今天或以后的日期，或者留空表示不限。")
        key_id = secrets.token_hex(4)
        secret = f"{KEY_MARK}{key_id}_{secrets.token_urlsafe(32)}"
        key = ApiKey(key_id, called, owned, frozenset(scopes), self.clock(), by, expires_on)
        self.store.add(key, _digest(secret))
        until = f"有效期至 {expires_on.isoformat()}" if expires_on else "不限期"
        self.audit.record(by, AccessAction.API_KEY_CREATED, key.prefix, address=address, after=f"{called}，{key.scope_labels}，{until}")
        return NewKey(key, secret)

    def revoke(self, shown: str, *, by: str, reason: str = "", address: str = "") -> ApiKey:
        """From the next request on it opens nothing; doing it again changes nothing. Raises UnknownApiKey."""
        key = self.named(shown)
        if key.revoked_at is not None:
            return key
        revoked = replace(key, revoked_at=self.clock(), revoked_by=by)
        self.store.save(revoked)
        was = key.state_on(china_day(self.clock())).label
        self.audit.record(by, AccessAction.API_KEY_REVOKED, key.prefix, reason, address, was, KeyState.REVOKED.label)
        return revoked

    def admit(self, secret: str, scope: Scope | None = None) -> ApiKey:
        """Counts as use. None asks for no scope in particular. Raises ApiKeyNeeded, ApiKeyRefused, ScopeMissing."""
        if not secret:
            raise ApiKeyNeeded
        key, now = self.store.by_digest(_digest(secret)), self.clock()
        if key is None:
            raise ApiKeyRefused("API 密钥不对。请核对密钥是否完整；遗失的密钥找不回来，请管理员新建。")
        state = key.state_on(china_day(now))
        if state is not KeyState.ACTIVE:
            raise ApiKeyRefused(f"API 密钥 {key.prefix} {state.label}。请管理员新建一个。")
        require_scope(key, scope)
        if key.last_used_at is None or now - key.last_used_at >= _NOTED_EVERY:
            self.store.save(replace(key, last_used_at=now))
        return key


def require_scope(key: ApiKey, scope: Scope | None) -> None:
    """Raises ScopeMissing."""
    if scope is not None and scope not in key.scopes:
        raise ScopeMissing(key.prefix, scope.label)


def _required(text: str, label: str) -> str:
    kept = " ".join(text.split())
    if not kept or len(kept) > _LONGEST:
        raise InvalidApiKey(f"请填写{label}，不超过 {_LONGEST} 个字。")
    return kept


def _digest(secret: str) -> str:
    """Plain SHA-256 is enough: 256 random bits cannot be tried."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
