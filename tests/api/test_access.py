"""Accounts, passwords, lock-out and sessions as use cases, without HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from api.access.accounts import NewAccount
from api.access.assembly import Access
from api.access.attempts import is_locked
from api.access.errors import (
    AccessError,
    AccountExists,
    IdentityTaken,
    InvalidAccount,
    LastAdministrator,
    OwnAccount,
    SignInRefused,
    TooManyAttempts,
    UnknownAccount,
    UnsuitablePassword,
    WrongPassword,
)
from api.access.models import LOCAL, AccessAction, Identity, OpenSession, Role
from api.access.passwords import Passwords, generate_password
from api.access.ports import AttemptLimit, SignInAnswer
from api.access.rules import HashingRules, load_access_rules
from api.access.sign_in import UNKNOWN
from tests.fakes.account_store import memory_access, quick_rules
from tests.moving_clock import MovingClock

PASSWORD = "lemon tree at noon"


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock()


@pytest.fixture
def access(clock: MovingClock) -> Access:
    return memory_access(clock)


def create(access: Access, name: str = "zhang.san", *roles: Role, password: str | None = PASSWORD) -> NewAccount:
    return access.accounts.create(name, roles or (Role.OPERATOR,), by="test", password=password)


def sign_in(access: Access, name: str = "zhang.san", password: str = PASSWORD, address: str = "10.0.0.1") -> OpenSession:
    return access.sign_in.sign_in(LOCAL, SignInAnswer({"name": name, "password": password}, address))


def fail(access: Access, times: int, name: str = "zhang.san", address: str = "10.0.0.1") -> list[str]:
    said = []
    for _ in range(times):
        with pytest.raises(AccessError) as refused:
            sign_in(access, name, "wrong password", address)
        said.append(type(refused.value).__name__)
    return said


def actions(access: Access) -> list[str]:
    return [event.action for event in reversed(access.audit.events())]


# Passwords


def test_a_password_is_kept_as_an_argon2id_hash_with_a_salt_of_its_own() -> None:
    rules = quick_rules()
    passwords = Passwords(rules.hashing, rules.passwords)
    first, second = passwords.hash(PASSWORD), passwords.hash(PASSWORD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.matches(first, PASSWORD)
    assert not passwords.matches(first, PASSWORD + "x")


def test_the_same_characters_typed_in_full_width_are_the_same_password() -> None:
    rules = quick_rules()
    passwords = Passwords(rules.hashing, rules.passwords)
    assert passwords.matches(passwords.hash("lemon２０２６tree"), "lemon2026tree")


def test_nobody_and_a_damaged_hash_match_nothing() -> None:
    rules = quick_rules()
    passwords = Passwords(rules.hashing, rules.passwords)
    assert not passwords.matches(None, PASSWORD)
    assert not passwords.matches("not a hash", PASSWORD)


def test_a_hash_made_with_other_parameters_is_replaced_at_the_next_sign_in(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    account = create(access).account
    store = access.accounts._store
    stronger = Passwords(HashingRules(passes=2, memory_kib=16, lanes=1, at_once=1), quick_rules().passwords)
    store.set_password(account.id, stronger.hash(PASSWORD), must_change=False)
    sign_in(access)
    assert "m=8,t=1" in store.password_hash(account.id)
    sign_in(access)


@pytest.mark.parametrize("password", ["", "short", "123456789", "1234567890", "PassWord123", "aaaaaaaaaaaa", "xx-zhang.san-1", "x" * 201])
def test_an_unsuitable_password_is_refused_without_repeating_it(access: Access, password: str) -> None:
    with pytest.raises(UnsuitablePassword) as refused:
        create(access, password=password)
    assert len(password) < 3 or password not in str(refused.value)
    assert access.accounts.all() == ()


def test_every_obvious_password_in_the_list_is_refused_for_being_obvious() -> None:
    rules = load_access_rules()
    passwords = Passwords(quick_rules().hashing, rules.passwords)
    for word in rules.passwords.obvious:
        assert len(word) >= rules.passwords.min_length, f"{word}: refused for its length already"
        with pytest.raises(UnsuitablePassword, match="容易被猜到"):
            passwords.require_suitable(word, "nobody")


def test_generated_passwords_are_suitable_and_differ() -> None:
    passwords = Passwords(quick_rules().hashing, quick_rules().passwords)
    made = {generate_password() for _ in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.require_suitable(password, "admin")


def test_the_rules_are_read_entry_by_entry() -> None:
    rules = load_access_rules()
    assert rules.hashing == HashingRules(passes=3, memory_kib=65536, lanes=4, at_once=4)
    assert rules.per_person == AttemptLimit(failures=5, window_min=15, lock_min=15)
    assert rules.per_address.failures > rules.per_name.failures > rules.per_person.failures
    assert (rules.passwords.min_length, rules.passwords.max_length) == (10, 200)


def test_rules_whose_lock_would_renew_itself_are_refused(tmp_path: Path) -> None:
    written = Path(load_access_rules.__globals__["RULES_FILE"]).read_text(encoding="utf-8").replace("window_min = 15", "window_min = 16")
    (tmp_path / "access.toml").write_text(written, encoding="utf-8")
    with pytest.raises(ValueError, match="window_min"):
        load_access_rules(tmp_path / "access.toml")


# Lock-out


def test_the_fifth_failure_locks_the_account_even_for_the_right_password(access: Access, clock: MovingClock) -> None:
    create(access)
    assert fail(access, 7) == ["SignInRefused"] * 5 + ["TooManyAttempts"] * 2
    with pytest.raises(TooManyAttempts):
        sign_in(access)
    clock.forward(minutes=14, seconds=59)
    with pytest.raises(TooManyAttempts):
        sign_in(access)
    clock.forward(seconds=1)
    assert sign_in(access).account.name == "zhang.san"


def test_trying_while_locked_does_not_lock_for_longer(access: Access, clock: MovingClock) -> None:
    create(access)
    fail(access, 5)
    clock.forward(minutes=14)
    fail(access, 10)
    clock.forward(minutes=1)
    assert sign_in(access)


def test_after_a_lock_a_person_has_five_new_attempts(access: Access, clock: MovingClock) -> None:
    create(access)
    fail(access, 5)
    clock.forward(minutes=15)
    assert fail(access, 5) == ["SignInRefused"] * 5


def test_failures_longer_ago_than_the_window_do_not_count(access: Access, clock: MovingClock) -> None:
    create(access)
    fail(access, 4)
    clock.forward(minutes=16)
    assert fail(access, 4) == ["SignInRefused"] * 4
    assert sign_in(access)


def test_signing_in_forgives_earlier_mistakes(access: Access) -> None:
    create(access)
    for _ in range(3):
        fail(access, 4)
        sign_in(access)


def test_a_name_that_does_not_exist_is_refused_and_locked_in_the_same_words(access: Access) -> None:
    create(access)
    said: dict[str, list[str]] = {"zhang.san": [], "nobody": []}
    for name, words in said.items():
        for _ in range(7):
            with pytest.raises(AccessError) as refused:
                sign_in(access, name, "wrong password", address=name)
            words.append(str(refused.value))
    assert said["zhang.san"] == said["nobody"]
    assert said["nobody"][0] == "账号或密码不对。连续输错 5 次会锁定 15 分钟。"
    assert "已暂停登录 15 分钟" in said["nobody"][-1]


def test_a_disabled_account_is_refused_like_an_unknown_one(access: Access) -> None:
    create(access)
    access.accounts.disable("zhang.san", by="test")
    with pytest.raises(SignInRefused):
        sign_in(access)


def test_writing_a_name_differently_gives_no_further_attempts(access: Access) -> None:
    create(access)
    fail(access, 3)
    fail(access, 2, name=" ZHANG.San ")
    assert fail(access, 1) == ["TooManyAttempts"]


def test_many_names_tried_from_one_place_lock_the_place_and_no_other(access: Access) -> None:
    create(access)
    limit = load_access_rules().per_address.failures
    for number in range(limit):
        fail(access, 1, name=f"guess-{number}")
    with pytest.raises(TooManyAttempts):
        sign_in(access)
    assert sign_in(access, address="10.0.0.2")


def test_people_who_sign_in_rightly_never_lock_their_office(access: Access) -> None:
    create(access)
    for _ in range(load_access_rules().per_address.failures + 5):
        sign_in(access)


def test_a_place_that_is_locked_uses_up_nobodys_attempts(access: Access) -> None:
    create(access)
    for number in range(load_access_rules().per_address.failures):
        fail(access, 1, name=f"guess-{number}")
    assert fail(access, 6) == ["TooManyAttempts"] * 6
    assert sign_in(access, address="10.0.0.2")


def test_a_limit_counts_only_as_many_failures_as_it_names(clock: MovingClock) -> None:
    limit = AttemptLimit(failures=2, window_min=10, lock_min=10)
    now = clock()
    assert not is_locked([], now, limit)
    assert not is_locked([now], now, limit)
    assert is_locked([now, now], now, limit)


def test_somebody_who_only_knows_a_name_does_not_lock_its_owner_out(access: Access) -> None:
    create(access)
    for _ in range(7):
        with pytest.raises(AccessError):
            sign_in(access, password="wrong password", address="203.0.113.9")
    assert sign_in(access, address="10.0.0.2")
    with pytest.raises(TooManyAttempts):
        sign_in(access, address="203.0.113.9")


def test_guessing_from_many_places_locks_the_name_in_the_end(access: Access) -> None:
    create(access)
    for number in range(load_access_rules().per_name.failures):
        with pytest.raises(SignInRefused):
            sign_in(access, password="wrong password", address=f"203.0.113.{number}")
    with pytest.raises(TooManyAttempts):
        sign_in(access, address="10.0.0.2")
    access.accounts.unlock("zhang.san", by="admin", reason="本人来电")
    assert sign_in(access, address="10.0.0.2")


# Sessions


def test_every_sign_in_opens_a_session_of_its_own(access: Access) -> None:
    create(access)
    first, second = sign_in(access), sign_in(access)
    assert len(first.token) >= 43, "32 random bytes in base64"
    assert first.token != second.token
    assert access.sessions.find(first.token) == first


def test_a_session_ends_after_an_hour_without_use_and_use_prolongs_it(access: Access, clock: MovingClock) -> None:
    create(access)
    token = sign_in(access).token
    for _ in range(5):
        clock.forward(minutes=50)
        assert access.sessions.find(token)
    clock.forward(minutes=60, seconds=1)
    assert access.sessions.find(token) is None


def test_no_session_outlives_a_shift_however_busy(access: Access, clock: MovingClock) -> None:
    create(access)
    token = sign_in(access).token
    for _ in range(24):
        clock.forward(minutes=30)
        assert access.sessions.find(token)
    clock.forward(minutes=1)
    assert access.sessions.find(token) is None


def test_signing_out_ends_this_session_and_no_other(access: Access) -> None:
    create(access)
    here, elsewhere = sign_in(access), sign_in(access)
    access.sign_in.sign_out(here)
    assert access.sessions.find(here.token) is None
    assert access.sessions.find(elsewhere.token)


def test_disabling_an_account_ends_its_sessions_and_enabling_does_not_revive_them(access: Access) -> None:
    create(access)
    token = sign_in(access).token
    access.accounts.disable("zhang.san", by="test")
    access.accounts.enable("zhang.san", by="test")
    assert access.sessions.find(token) is None


def test_a_changed_password_ends_all_sessions(access: Access) -> None:
    account = create(access).account
    tokens = [sign_in(access).token for _ in range(2)]
    access.accounts.change_password(account, PASSWORD, "violet roof in rain")
    assert [access.sessions.find(token) for token in tokens] == [None, None]
    with pytest.raises(SignInRefused):
        sign_in(access)
    assert sign_in(access, password="violet roof in rain")


# Accounts


def test_a_generated_password_works_once_and_must_be_changed(access: Access) -> None:
    made = create(access, password=None)
    assert made.initial_password
    assert sign_in(access, password=made.initial_password).account.must_change_password
    access.accounts.change_password(made.account, made.initial_password, PASSWORD)
    assert not sign_in(access).account.must_change_password


def test_the_new_password_must_be_new(access: Access) -> None:
    account = create(access).account
    with pytest.raises(UnsuitablePassword, match="不能与现在的密码相同"):
        access.accounts.change_password(account, PASSWORD, PASSWORD)


def test_guessing_the_current_password_on_the_account_page_locks_too(access: Access) -> None:
    account = create(access).account
    for _ in range(5):
        with pytest.raises(WrongPassword):
            access.accounts.change_password(account, "wrong password", "violet roof in rain")
    with pytest.raises(TooManyAttempts):
        access.accounts.change_password(account, PASSWORD, "violet roof in rain")


def test_resetting_gives_a_new_password_and_opens_a_locked_account(access: Access) -> None:
    create(access)
    fail(access, 6)
    password = access.accounts.reset_password("Zhang.San", by="test")
    assert sign_in(access, password=password).account.must_change_password


def test_a_name_is_taken_whatever_its_case(access: Access) -> None:
    create(access, "zhang.san")
    with pytest.raises(AccountExists):
        create(access, "Zhang.San")


@pytest.mark.parametrize("name", ["", "a", "张三", "a b", ".hidden", "x" * 33, "a\x00b", "（未知账号）"])
def test_a_name_that_cannot_be_typed_is_refused(access: Access, name: str) -> None:
    with pytest.raises(InvalidAccount):
        create(access, name)
    with pytest.raises(SignInRefused):
        sign_in(access, name)


def test_an_account_without_a_role_is_refused(access: Access) -> None:
    with pytest.raises(InvalidAccount):
        access.accounts.create("zhang.san", (), by="test", password=PASSWORD)


def test_the_last_administrator_stays(access: Access) -> None:
    create(access, "admin", Role.ADMINISTRATOR)
    with pytest.raises(LastAdministrator):
        access.accounts.disable("admin", by="test")
    with pytest.raises(LastAdministrator):
        access.accounts.set_roles("admin", {Role.AUDITOR}, by="test")
    create(access, "second", Role.ADMINISTRATOR)
    access.accounts.disable("admin", by="test")
    with pytest.raises(LastAdministrator):
        access.accounts.disable("second", by="test")


def test_new_roles_hold_in_sessions_already_open(access: Access) -> None:
    create(access)
    token = sign_in(access).token
    access.accounts.set_roles("zhang.san", {Role.SUPERVISOR}, by="test")
    session = access.sessions.find(token)
    assert session is not None
    assert session.account.may(Role.SUPERVISOR)


def test_an_unknown_account_cannot_be_changed(access: Access) -> None:
    for change in (access.accounts.disable, access.accounts.enable, access.accounts.reset_password):
        with pytest.raises(UnknownAccount):
            change("nobody", by="test")


def test_only_a_supervisor_may_do_more_than_their_role_says() -> None:
    allowed = {(held, wanted) for held in Role for wanted in Role if held.covers(wanted)}
    assert allowed == {(role, role) for role in Role} | {(Role.SUPERVISOR, Role.OPERATOR)}


def test_the_first_administrator_is_made_once(access: Access) -> None:
    made = access.accounts.create_first_administrator(by="test")
    assert made
    assert made.initial_password
    assert made.account.roles == {Role.ADMINISTRATOR}
    assert access.accounts.create_first_administrator(by="test") is None


# The record


def test_nobody_disables_the_account_they_are_signed_in_with(access: Access) -> None:
    create(access, "admin", Role.ADMINISTRATOR)
    create(access, "other", Role.ADMINISTRATOR)
    with pytest.raises(OwnAccount):
        access.accounts.disable("admin", by="admin", reason="误点")
    access.accounts.disable("admin", by="other", reason="调离")


def test_ending_sessions_signs_out_everywhere_and_nobody_else(access: Access) -> None:
    create(access)
    create(access, "li.si")
    first, second, other = sign_in(access), sign_in(access), sign_in(access, "li.si")
    access.accounts.end_sessions("zhang.san", by="admin", reason="电脑遗失")
    assert [access.sessions.lasts(session.token) for session in (first, second, other)] == [False, False, True]


def test_looking_whether_a_session_lasts_does_not_prolong_it(access: Access, clock: MovingClock) -> None:
    create(access)
    token = sign_in(access).token
    for _ in range(3):
        clock.forward(minutes=20)
        assert access.sessions.lasts(token)
    clock.forward(minutes=1)
    assert not access.sessions.lasts(token)


def test_an_identity_from_elsewhere_is_linked_once_and_unlinked(access: Access) -> None:
    create(access)
    create(access, "li.si")
    identity = Identity("city-sso", "248289761001")
    access.accounts.link("zhang.san", identity, by="admin")
    assert access.accounts.identities("zhang.san") == (identity,)
    with pytest.raises(IdentityTaken):
        access.accounts.link("li.si", identity, by="admin")
    for wrong in (Identity(LOCAL, "li.si"), Identity("city-sso", " ")):
        with pytest.raises(InvalidAccount):
            access.accounts.link("li.si", wrong, by="admin")
    with pytest.raises(InvalidAccount):
        access.accounts.unlink("li.si", identity, by="admin")
    access.accounts.unlink("zhang.san", identity, by="admin")
    assert access.accounts.identities("zhang.san") == ()


def test_the_record_says_what_was_before_and_what_is_after(access: Access) -> None:
    create(access)
    access.accounts.set_roles("zhang.san", {Role.AUDITOR}, by="admin", reason="转岗", address="10.0.0.1")
    (event, *_) = access.audit.events()
    assert (event.before, event.after, event.reason) == ("坐席", "审计员", "转岗")
    assert event.address


def test_everything_done_to_an_account_is_on_record(access: Access) -> None:
    account = create(access).account
    create(access, "admin", Role.ADMINISTRATOR)
    fail(access, 1)
    access.sign_in.sign_out(sign_in(access))
    access.accounts.change_password(account, PASSWORD, "violet roof in rain")
    fail(access, 6)
    access.accounts.reset_password("zhang.san", by="admin")
    access.accounts.set_roles("zhang.san", {Role.AUDITOR}, by="admin")
    access.accounts.disable("zhang.san", by="admin")
    access.accounts.enable("zhang.san", by="admin")
    assert {AccessAction.SIGNED_IN, AccessAction.SIGN_IN_FAILED, AccessAction.SIGN_IN_LOCKED} < set(actions(access))


def test_what_somebody_typed_as_an_unknown_name_is_not_kept(access: Access) -> None:
    fail(access, 6, name="my-secret-password")
    assert {event.subject for event in access.audit.events()} == {UNKNOWN}
    assert "my-secret-password" not in repr(access.audit.events())


def test_signing_in_again_ends_the_session_the_browser_had(access: Access) -> None:
    create(access)
    earlier = sign_in(access)
    answer = SignInAnswer({"name": "zhang.san", "password": PASSWORD})
    later = access.sign_in.sign_in(LOCAL, answer, earlier_token=earlier.token)
    assert access.sessions.find(earlier.token) is None
    assert replace(later, token="", csrf_token="") == replace(earlier, token="", csrf_token="")
