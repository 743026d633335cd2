"""Hashing and judging passwords. A password never leaves this module, not even in an error."""

from __future__ import annotations

import secrets
import unicodedata
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.access.errors import UnsuitablePassword
from api.access.rules import HashingRules, PasswordRules
from api.deferred import Deferred

# Without letters and digits that look alike: the password is read from a screen and typed once.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class Passwords:
    """argon2id hashes. Safe from many threads; more than `at_once` wait for each other."""

    def __init__(self, hashing: HashingRules, rules: PasswordRules) -> None:
        self._hasher = PasswordHasher(time_cost=hashing.passes, memory_cost=hashing.memory_kib, parallelism=hashing.lanes)
        self._rules, self._room = rules, Semaphore(hashing.at_once)
        # Made when somebody first signs in: other commands need not wait for it.
        self._nobodys = Deferred(lambda: self._hasher.hash(secrets.token_urlsafe()))

    def hash(self, password: str) -> str:
        with self._room:
            return self._hasher.hash(_normalised(password))

    def matches(self, password_hash: str | None, password: str) -> bool:
        """None stands for somebody unknown: it takes as long, and never matches."""
        nobodys = self._nobodys()
        with self._room:
            try:
                proven = self._hasher.verify(password_hash or nobodys, _normalised(password[: self._rules.max_length]))
            except (VerificationError, InvalidHashError):
                return False
        return proven and password_hash is not None and len(password) <= self._rules.max_length

    def is_outdated(self, password_hash: str) -> bool:
        """True if it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def require_suitable(self, password: str, name: str) -> None:
        """Raises UnsuitablePassword. `name` is the login name it is for."""
        folded, rules = _normalised(password).casefold(), self._rules
        if not rules.min_length <= len(password) <= rules.max_length:
            raise UnsuitablePassword(f"密码应为 {rules.min_length} 到 {rules.max_length} 个字符，请重新设置。")
        if name.casefold() in folded:
            raise UnsuitablePassword("密码里不能包含账号名，请重新设置。")
        if folded in rules.obvious or len(set(folded)) < 4:
            raise UnsuitablePassword("这个密码太容易被猜到，请换一个，例如几个不相关的词连在一起。")

    def require_new(self, password: str, current: str, name: str) -> None:
        """As `require_suitable`, and not the one in use."""
        self.require_suitable(password, name)
        if _normalised(password) == _normalised(current):
            raise UnsuitablePassword("新密码不能与现在的密码相同，请换一个。")


def generate_password() -> str:
    """Sixteen characters in four groups, about 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _normalised(password: str) -> str:
    """The same characters typed on another system are the same password (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
