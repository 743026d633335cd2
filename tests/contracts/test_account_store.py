"""What the stores of access promise, on SQLite, on PostgreSQL and on the fakes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from api.access.adapters.sql import SqlAccountStore, SqlAttemptStore, SqlAuditTrail, SqlSessionStore, prepare_access
from api.access.adapters.sql.tables import metadata
from api.access.assembly import AccessStores
from api.access.audit_chain import ChainSeal
from api.access.audit_checks import AuditChecks
from api.access.errors import AccountExists, IdentityTaken, UnknownAccount
from api.access.models import LOCAL, Account, Identity, Role, Session
from api.access.ports import AccountStore, AttemptLimit, AttemptStore, AuditTrail, SessionStore
from tests.conftest import STORE_KINDS
from tests.fakes.account_store import MemoryAccountStore, MemoryAnchorLog, MemoryAttemptStore, MemoryAuditTrail, MemorySessionStore

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LIMIT = AttemptLimit(failures=3, window_min=15, lock_min=20)


def clock() -> datetime:
    return NOON


def mask(words: str) -> str:
    return words.replace("13800138000", "【手机号】")


def a_trail_on(engine: Engine) -> SqlAuditTrail:
    return SqlAuditTrail(engine, clock, mask, ChainSeal(lambda: (b"a key",)), MemoryAnchorLog())


def stores_on(engine: Engine) -> AccessStores:
    prepare_access(engine)
    return with_trail(SqlAccountStore(engine), SqlSessionStore(engine), SqlAttemptStore(engine), a_trail_on(engine))


def with_trail(accounts: AccountStore, sessions: SessionStore, attempts: AttemptStore, audit: AuditTrail) -> AccessStores:
    """Nobody here asks for its check."""
    return AccessStores(accounts, sessions, attempts, audit, AuditChecks(audit, ChainSeal(lambda: (b"a key",)), MemoryAnchorLog()))


@pytest.fixture(params=STORE_KINDS)
def stores(request: pytest.FixtureRequest) -> AccessStores:
    if request.param == "memory":
        return with_trail(MemoryAccountStore(), MemorySessionStore(), MemoryAttemptStore(), MemoryAuditTrail(clock, mask))
    return stores_on(request.getfixturevalue(f"{request.param}_engine"))


def an_account(account_id: str = "a-1", name: str = "zhang.san", *roles: Role) -> Account:
    return Account(account_id, name, "张三", frozenset(roles or {Role.OPERATOR}), NOON, department_id="dep-1")


def add(stores: AccessStores, account: Account, *others: Identity) -> Account:
    stores.accounts.add(account, f"hash of {account.id}", (Identity(LOCAL, account.name), *others))
    return account


def test_an_account_comes_back_exactly(stores: AccessStores) -> None:
    abroad = replace(an_account("a-1", "zhang.san", *Role), created_at=NOON.astimezone(timezone(timedelta(hours=8))))
    add(stores, abroad)
    assert stores.accounts.get("a-1") == stores.accounts.by_name("zhang.san") == abroad


def test_accounts_are_listed_by_name(stores: AccessStores) -> None:
    for number, name in enumerate(("wang.wu", "li.si", "zhang.san")):
        add(stores, an_account(f"a-{number}", name))
    assert [account.name for account in stores.accounts.all()] == ["li.si", "wang.wu", "zhang.san"]


def test_nobody_is_found_by_what_is_unknown(stores: AccessStores) -> None:
    assert stores.accounts.get("a-1") is None
    assert stores.accounts.by_name("zhang.san") is None
    assert stores.accounts.by_identity(Identity(LOCAL, "zhang.san")) is None


def test_an_identity_of_any_provider_leads_to_its_account(stores: AccessStores) -> None:
    account = add(stores, an_account(), Identity("https://login.example", "248289761001"))
    assert stores.accounts.by_identity(Identity(LOCAL, "zhang.san")) == account
    assert stores.accounts.by_identity(Identity("https://login.example", "248289761001")) == account
    assert stores.accounts.by_identity(Identity("https://login.example", "zhang.san")) is None


def test_a_taken_name_is_refused_and_the_first_account_stays(stores: AccessStores) -> None:
    first = add(stores, an_account())
    with pytest.raises(AccountExists, match=r"zhang\.san"):
        stores.accounts.add(an_account("a-2"), "other hash", (Identity(LOCAL, "somebody"),))
    assert stores.accounts.all() == (first,)


def test_a_taken_identity_is_refused_and_nothing_of_the_account_is_kept(stores: AccessStores) -> None:
    add(stores, an_account(), Identity("issuer", "7"))
    with pytest.raises(AccountExists):
        add(stores, an_account("a-2", "li.si"), Identity("issuer", "7"))
    assert stores.accounts.by_name("li.si") is None


def test_identities_are_linked_listed_and_taken_away(stores: AccessStores) -> None:
    account = add(stores, an_account())
    for subject in ("b", "a"):
        stores.accounts.link("a-1", Identity("issuer", subject))
    assert stores.accounts.identities("a-1") == (Identity("issuer", "a"), Identity("issuer", "b"), Identity(LOCAL, "zhang.san"))
    assert stores.accounts.by_identity(Identity("issuer", "b")) == account
    with pytest.raises(IdentityTaken):
        stores.accounts.link("a-1", Identity("issuer", "a"))
    with pytest.raises(UnknownAccount):
        stores.accounts.link("nobody", Identity("issuer", "c"))
    for _ in range(2):
        stores.accounts.unlink(Identity("issuer", "a"))
    assert stores.accounts.by_identity(Identity("issuer", "a")) is None


def test_clearing_a_key_clears_those_below_it_and_no_others(stores: AccessStores) -> None:
    for key in ("k", "k/a", "kx", "k_/a"):
        for _ in range(3):
            stores.attempts.begin(key, NOON, LIMIT)
    stores.attempts.clear("k")
    assert [stores.attempts.begin(key, NOON, LIMIT) is None for key in ("k", "k/a", "kx", "k_/a")] == [False, False, True, True]


def test_saving_changes_everything_but_the_password(stores: AccessStores) -> None:
    changed = replace(add(stores, an_account()), display_name="张珊", roles=frozenset({Role.AUDITOR}), disabled=True, department_id=None)
    stores.accounts.save(changed)
    assert stores.accounts.get("a-1") == changed
    assert stores.accounts.password_hash("a-1") == "hash of a-1"


def test_a_new_password_says_whether_it_must_be_changed(stores: AccessStores) -> None:
    add(stores, an_account())
    stores.accounts.set_password("a-1", "new hash", must_change=True)
    kept = stores.accounts.get("a-1")
    assert kept is not None
    assert (stores.accounts.password_hash("a-1"), kept.must_change_password) == ("new hash", True)


def test_an_unknown_account_cannot_be_changed(stores: AccessStores) -> None:
    with pytest.raises(UnknownAccount):
        stores.accounts.save(an_account())
    with pytest.raises(UnknownAccount):
        stores.accounts.set_password("a-1", "hash", must_change=False)
    with pytest.raises(UnknownAccount):
        stores.accounts.password_hash("a-1")


def test_a_session_is_found_touched_and_removed(stores: AccessStores) -> None:
    add(stores, an_account())
    session = Session("digest", "a-1", NOON, NOON)
    stores.sessions.add(session)
    assert stores.sessions.get("digest") == session
    stores.sessions.touch("digest", NOON + timedelta(minutes=5))
    assert stores.sessions.get("digest") == replace(session, seen_at=NOON + timedelta(minutes=5))
    stores.sessions.remove("digest")
    assert stores.sessions.get("digest") is None
    stores.sessions.touch("digest", NOON)


def test_the_sessions_of_one_account_end_together(stores: AccessStores) -> None:
    for account in (an_account(), an_account("a-2", "li.si")):
        add(stores, account)
    for digest, account_id in (("one", "a-1"), ("two", "a-1"), ("other", "a-2")):
        stores.sessions.add(Session(digest, account_id, NOON, NOON))
    stores.sessions.remove_of("a-1")
    assert [stores.sessions.get(digest) is None for digest in ("one", "two", "other")] == [True, True, False]


def test_old_sessions_are_cleared_away_by_when_they_were_opened(stores: AccessStores) -> None:
    add(stores, an_account())
    for digest, opened in (("old", NOON - timedelta(hours=2)), ("new", NOON)):
        stores.sessions.add(Session(digest, "a-1", opened, NOON))
    stores.sessions.remove_opened_before(NOON - timedelta(hours=1))
    assert stores.sessions.get("old") is None
    assert stores.sessions.get("new") is not None


def test_a_key_locks_after_its_failures_and_opens_again(stores: AccessStores) -> None:
    for minute in range(3):
        assert stores.attempts.begin("k", NOON + timedelta(minutes=minute), LIMIT)
    assert stores.attempts.begin("k", NOON + timedelta(minutes=2), LIMIT) is None
    assert stores.attempts.begin("k", NOON + timedelta(minutes=21, seconds=59), LIMIT) is None
    assert stores.attempts.begin("k", NOON + timedelta(minutes=22), LIMIT)


def test_keys_lock_apart_from_each_other(stores: AccessStores) -> None:
    for _ in range(3):
        stores.attempts.begin("k", NOON, LIMIT)
    assert stores.attempts.begin("other", NOON, LIMIT)


def test_failures_spread_over_more_than_the_window_lock_nothing(stores: AccessStores) -> None:
    for number in range(8):
        assert stores.attempts.begin("k", NOON + timedelta(minutes=8 * number), LIMIT)


def test_what_was_forgotten_or_cleared_does_not_count(stores: AccessStores) -> None:
    for _ in range(5):
        attempt = stores.attempts.begin("k", NOON, LIMIT)
        assert attempt
        stores.attempts.forget(attempt)
    for _ in range(3):
        stores.attempts.begin("k", NOON, LIMIT)
    stores.attempts.clear("k")
    assert stores.attempts.begin("k", NOON, LIMIT)


def test_attempts_long_past_are_cleared_away(stores: AccessStores) -> None:
    for _ in range(3):
        stores.attempts.begin("k", NOON, LIMIT)
    stores.attempts.remove_before(NOON + timedelta(seconds=1))
    assert stores.attempts.begin("k", NOON, LIMIT)


def test_guesses_sent_at_once_all_count(stores: AccessStores) -> None:
    with ThreadPoolExecutor(8) as pool:
        begun = list(pool.map(lambda _: stores.attempts.begin("k", NOON, LIMIT), range(24)))
    assert len([attempt for attempt in begun if attempt]) == LIMIT.failures


def test_the_record_tells_the_newest_first_and_can_be_narrowed(stores: AccessStores) -> None:
    for actor, action, subject in (
        ("li.si", "signed_in", "li.si"),
        ("li.si", "contact_opened", "G-1"),
        ("wang.wu", "contact_opened", "G-1"),
    ):
        stores.audit.record(actor, action, subject)
    assert [(event.actor, event.action) for event in stores.audit.events()] == [
        ("wang.wu", "contact_opened"),
        ("li.si", "contact_opened"),
        ("li.si", "signed_in"),
    ]
    assert [event.actor for event in stores.audit.events(subject="G-1")] == ["wang.wu", "li.si"]
    assert [event.action for event in stores.audit.events(actor="li.si", action="signed_in")] == ["signed_in"]
    assert len(stores.audit.events(limit=2)) == 2


def test_a_recorded_event_keeps_its_moment_and_hides_personal_details(stores: AccessStores) -> None:
    stores.audit.record("li.si", "contact_opened", "G-1", "回电 13800138000\x00", "203.0.113.7")
    stores.audit.record("li.si", "contact_opened", "G-2", address="203.0.113.7")
    second, first = stores.audit.events()
    assert (first.at, first.reason) == (NOON, "回电 【手机号】")
    assert first.address == second.address != ""
    assert "203" not in first.address


@pytest.fixture(params=[kind for kind in STORE_KINDS if kind != "memory"])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    prepare_access(engine)
    return engine


def test_the_migrations_make_the_tables_that_the_code_expects(engine: Engine) -> None:
    prepare_access(engine)
    made = inspect(engine)
    for table in metadata.sorted_tables:
        assert [column["name"] for column in made.get_columns(table.name)] == [column.name for column in table.columns]
        assert {index["name"] for index in made.get_indexes(table.name)} == {index.name for index in table.indexes}


@pytest.mark.parametrize("statement", ["UPDATE access_events SET reason = 'x'", "DELETE FROM access_events"])
def test_the_database_itself_refuses_to_change_the_record(engine: Engine, statement: str) -> None:
    trail = a_trail_on(engine)
    trail.record("li.si", "contact_opened", "G-1", "回访")
    with pytest.raises(DBAPIError, match="only ever added to"), engine.begin() as connection:
        connection.execute(text(statement))
    assert [event.reason for event in trail.events()] == ["回访"]
