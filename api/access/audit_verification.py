"""Checks the audit trail: every row as it was written, none missing, none out of its place. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from api.access.audit_chain import BEGINNING, PLAIN, STARTED, Anchor, ChainedRow, ChainSeal, plain_hash

_ACTION, _SUBJECT = 2, 3
"""Places in ChainedRow.columns."""
_LATE = 4096
"""How many rows back an anchor may come: processes that write at once write their anchors in another order than their rows."""


class Fault(StrEnum):
    """The value says what was found at the first bad row."""

    ALTERED = "被改动过，或不是由本系统写入（也可能密钥不对）"
    MISSING = "缺失"
    MISPLACED = "与前一条接不上，前面的记录被换过或调换了次序"
    UNSEALED = "没有用密钥封存"
    CUT_OFF = "及其后的记录被删去（本机另存的锚点里有）"
    OTHERWISE_ANCHORED = "与本机另存的锚点不一致"


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """`rows` that were found right from the beginning on, and the last of them; `fault` at row `at`, None where all is well."""

    rows: int
    head: Anchor
    fault: Fault | None = None
    at: int = 0

    @property
    def is_whole(self) -> bool:
        return self.fault is None

    def __str__(self) -> str:
        if self.fault is None:
            return f"操作记录完整：共 {self.rows} 条，没有发现改动、缺失或调换。"
        return f"操作记录有问题：第 {self.at} 条{self.fault}。在它之前的 {self.rows} 条完好。"


def verify_chain(rows: Iterable[ChainedRow], seal: ChainSeal, anchors: Iterable[Anchor]) -> ChainVerdict:
    """Reads every row once, in the order of their numbers. Stops at the first bad one. Raises AuditKeyUnreadable."""
    last, known = Anchor(0, BEGINNING), _KnownAnchors(anchors)
    for row in rows:
        fault = _fault_of(row, last, seal) or known.contradicts(row)
        if fault:
            at = last.number + 1 if fault is Fault.MISSING else row.number
            return ChainVerdict(last.number, last, fault, at)
        last = Anchor(row.number, row.hash)
    if known.reaches_beyond(last.number):
        return ChainVerdict(last.number, last, Fault.CUT_OFF, last.number + 1)
    if late := known.late_contradiction:
        return ChainVerdict(last.number, last, Fault.OTHERWISE_ANCHORED, late)
    return ChainVerdict(last.number, last)


def _fault_of(row: ChainedRow, last: Anchor, seal: ChainSeal) -> Fault | None:
    if row.number > last.number + 1:
        return Fault.MISSING
    if row.number <= last.number or row.previous != last.hash:
        # A row that was altered does not fit its own hash either; that says more.
        return Fault.MISPLACED if _is_genuine(row, seal) else Fault.ALTERED
    if not _is_genuine(row, seal):
        return Fault.ALTERED
    return None if _follows(row, last) else Fault.UNSEALED


def _is_genuine(row: ChainedRow, seal: ChainSeal) -> bool:
    return plain_hash(row) == row.hash if row.hash.startswith(PLAIN) else seal.fits(row)


def _follows(row: ChainedRow, last: Anchor) -> bool:
    """Rows without a key only stand at the beginning, and the first row with one says how many they are."""
    if row.hash.startswith(PLAIN):
        return not last.hash or last.hash.startswith(PLAIN)
    if last.hash.startswith(PLAIN):
        return row.columns[_ACTION] == STARTED.encode() and row.columns[_SUBJECT] == str(last.number).encode()
    return True


class _KnownAnchors:
    """Compares anchors with rows while both are read once, in nearly the same order."""

    def __init__(self, anchors: Iterable[Anchor]) -> None:
        self._unread: Iterator[Anchor] = iter(anchors)
        self._waiting: dict[int, bytes] = {}
        self._seen: dict[int, bytes] = {}
        self._furthest, self._ended, self.late_contradiction = 0, False, 0

    def contradicts(self, row: ChainedRow) -> Fault | None:
        self._read_until(row.number)
        self._seen[row.number] = row.hash
        self._seen.pop(row.number - _LATE, None)
        anchored = self._waiting.pop(row.number, row.hash)
        return None if anchored == row.hash else Fault.OTHERWISE_ANCHORED

    def reaches_beyond(self, number: int) -> bool:
        for anchor in self._unread:
            self._take(anchor, number)
        return self._furthest > number

    def _read_until(self, number: int) -> None:
        while not self._ended and self._furthest < number + _LATE:
            anchor = next(self._unread, None)
            if anchor is None:
                self._ended = True
            else:
                self._take(anchor, number - 1)

    def _take(self, anchor: Anchor, passed: int) -> None:
        self._furthest = max(self._furthest, anchor.number)
        if anchor.number > passed:
            self._waiting[anchor.number] = anchor.hash
        elif self._seen.get(anchor.number, anchor.hash) != anchor.hash:
            self.late_contradiction = self.late_contradiction or anchor.number
