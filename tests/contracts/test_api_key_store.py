"""What the store of API keys promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError

from api.access.adapters.sql import SqlApiKeyStore, prepare_access
from api.access.api_keys import ApiKeyStore
from api.access.key_models import ApiKey, Scope
from tests.conftest import STORE_KINDS
from tests.fakes.api_key_store import MemoryApiKeyStore

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> ApiKeyStore:
    if request.param == "memory":
        return MemoryApiKeyStore()
    engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_access(engine)
    return SqlApiKeyStore(engine)


def a_key(key_id: str = "0123abcd", at: datetime = NOON) -> ApiKey:
    scopes = frozenset({Scope.ANSWER, Scope.SEARCH})
    return ApiKey(key_id, "市政务服务网", "数据局", scopes, at, "admin", expires_on=date(2027, 11, 22))


def test_a_key_comes_back_as_it_was_by_its_digest_and_by_its_id(store: ApiKeyStore) -> None:
    store.add(a_key(), "digest-1")
    assert store.by_digest("digest-1") == store.get("0123abcd") == a_key()


def test_what_is_unknown_is_nothing(store: ApiKeyStore) -> None:
    store.save(a_key())
    assert (store.by_digest("digest-1"), store.get("0123abcd"), store.get("\x00"), store.all()) == (None, None, None, ())


def test_the_newest_comes_first(store: ApiKeyStore) -> None:
    for place in range(3):
        store.add(a_key(f"0000000{place}", NOON + timedelta(minutes=place)), f"digest-{place}")
    assert [key.id for key in store.all()] == ["00000002", "00000001", "00000000"]


def test_use_and_revocation_are_kept_and_nothing_else_changes(store: ApiKeyStore) -> None:
    store.add(a_key(), "digest-1")
    store.save(replace(a_key(), name="别的", last_used_at=NOON.astimezone(timezone(timedelta(hours=8)))))
    store.save(replace(a_key(), revoked_at=NOON, revoked_by="li.si"))
    assert store.get("0123abcd") == replace(a_key(), last_used_at=NOON, revoked_at=NOON, revoked_by="li.si")


def test_a_use_noted_late_does_not_undo_a_revocation(store: ApiKeyStore) -> None:
    store.add(a_key(), "digest-1")
    store.save(replace(a_key(), revoked_at=NOON, revoked_by="li.si"))
    store.save(replace(a_key(), last_used_at=NOON))
    kept = store.by_digest("digest-1")
    assert kept is not None
    assert (kept.revoked_at, kept.revoked_by) == (NOON, "li.si")


@pytest.mark.postgres
@pytest.mark.parametrize("engine", ["sqlite_engine", "postgres_engine"])
def test_no_two_keys_have_one_digest(request: pytest.FixtureRequest, engine: str) -> None:
    prepare_access(request.getfixturevalue(engine))
    store = SqlApiKeyStore(request.getfixturevalue(engine))
    store.add(a_key(), "digest-1")
    with pytest.raises(IntegrityError):
        store.add(a_key("other000"), "digest-1")
