"""The chain that makes the audit trail tell of every change to it: each row carries a keyed digest over itself and the row before."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

PLAIN, KEYED = b"sha256:", b"hmac-sha256:"
BEGINNING = b""
"""What the first row has for the hash of the row before."""
TEXT_COLUMNS = ("actor", "action", "subject", "reason", "address", "before", "after")
"""What is sealed besides the number, the moment and the hash before."""
STARTED = "audit_chain_started"
"""The row that seals those from before the chain; its subject is how many they are."""
_FORM = b"zhengwen-audit-1"


@dataclass(frozen=True, slots=True)
class ChainedRow:
    """A row exactly as it is stored. `columns`: the moment, then TEXT_COLUMNS.

    `at` reads "2026-11-22 04:00:00.000000" in UTC; everything is UTF-8.
    """

    number: int
    columns: tuple[bytes, ...]
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """The hash of one row, kept where somebody who only reaches the database cannot change it."""

    number: int
    hash: bytes


class ChainSeal:
    """Makes and checks the hash of a row. The first key seals, every key checks: to change it, put a new one in front."""

    def __init__(self, keys: Callable[[], Sequence[bytes]]) -> None:
        self._keys = keys

    def hash(self, number: int, columns: Sequence[bytes], previous: bytes) -> bytes:
        return _keyed(self._keys()[0], canonical(number, columns, previous))

    def fits(self, row: ChainedRow) -> bool:
        """False too for a row that was never sealed with a key."""
        content = canonical(row.number, row.columns, row.previous)
        return any(hmac.compare_digest(_keyed(key, content), row.hash) for key in self._keys())


def canonical(number: int, columns: Sequence[bytes], previous: bytes) -> bytes:
    """One spelling per row: every part with its length before it, so that no two rows spell alike."""
    parts = (_FORM, str(number).encode(), previous, *columns)
    return b"".join(b"%d:%b," % (len(part), part) for part in parts)


def plain_hash(row: ChainedRow) -> bytes:
    """Of rows from before there was a chain: without a key, protected by the first keyed row after them."""
    return PLAIN + sha256(canonical(row.number, row.columns, row.previous)).hexdigest().encode()


def unsealed_before(last: Anchor) -> tuple[Mapping[str, str], ...]:
    """What must come after `last` before anything else: a starting row where it is one from before the chain."""
    if not last.hash.startswith(PLAIN):
        return ()
    return (dict.fromkeys(TEXT_COLUMNS, "") | {"actor": "政问", "action": STARTED, "subject": str(last.number)},)


def _keyed(key: bytes, content: bytes) -> bytes:
    return KEYED + hmac.new(key, content, sha256).hexdigest().encode()
