"""What every IdentityProvider promises: the local one, and a stand-in for one that sends the browser away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from api.access.attempts import AttemptGate
from api.access.errors import SignInRefused
from api.access.local_passwords import LocalPasswords
from api.access.models import LOCAL, Account, Identity, Role
from api.access.passwords import Passwords
from api.access.ports import IdentityProvider, SignInAnswer
from tests.fakes.account_store import MemoryAccountStore, MemoryAttemptStore, quick_rules
from tests.fakes.identity_provider import RedirectingProvider

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    provider: IdentityProvider
    right: SignInAnswer
    wrong: tuple[SignInAnswer, ...]
    identity: Identity
    redirects: bool


def local() -> Case:
    accounts, rules = MemoryAccountStore(), quick_rules()
    passwords = Passwords(rules.hashing, rules.passwords)
    account = Account("a-1", "zhang.san", "张三", frozenset({Role.OPERATOR}), NOON)
    accounts.add(account, passwords.hash("lemon tree at noon"), (Identity(LOCAL, "zhang.san"),))
    provider = LocalPasswords(accounts, passwords, AttemptGate(MemoryAttemptStore(), rules, lambda: NOON), rules)
    wrong = ({"name": "zhang.san", "password": "other"}, {"name": "nobody", "password": "lemon tree at noon"}, {})
    right = SignInAnswer({"name": " Zhang.San ", "password": "lemon tree at noon"})
    return Case(provider, right, tuple(SignInAnswer(fields) for fields in wrong), Identity(LOCAL, "zhang.san"), redirects=False)


def redirecting() -> Case:
    provider = RedirectingProvider("city", {"code-1": "248289761001"})
    wrong = ({"code": "made-up"}, {"error": "access_denied"}, {})
    answers = tuple(SignInAnswer(fields) for fields in wrong)
    return Case(provider, SignInAnswer({"code": "code-1"}), answers, Identity("city", "248289761001"), redirects=True)


@pytest.fixture(params=[local, redirecting], ids=["local", "redirecting"])
def case(request: pytest.FixtureRequest) -> Case:
    made: Case = request.param()
    return made


def test_the_right_answer_proves_an_identity_of_this_provider(case: Case) -> None:
    assert case.provider.complete(case.right) == case.identity
    assert case.identity.provider == case.provider.name


def test_every_other_answer_is_refused_in_the_same_words(case: Case) -> None:
    said = []
    for answer in case.wrong:
        with pytest.raises(SignInRefused) as refused:
            case.provider.complete(answer)
        said.append(str(refused.value))
    assert len(said) == 3
    assert len(set(said)) == 1


def test_a_provider_elsewhere_is_told_the_state_and_where_to_send_the_browser_back(case: Case) -> None:
    address = case.provider.begin("state-1", "https://here.example/sign-in/city/callback")
    assert (address is not None) == case.redirects
    if address:
        asked = parse_qs(urlsplit(address).query)
        assert (asked["state"], asked["redirect_uri"]) == (["state-1"], ["https://here.example/sign-in/city/callback"])


def test_its_name_can_stand_in_an_address(case: Case) -> None:
    assert case.provider.name.isascii()
    assert case.provider.name.replace("-", "").isalnum()
    assert case.provider.label
