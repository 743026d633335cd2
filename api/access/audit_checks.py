"""Checks the audit trail when somebody asks or the day has come, and keeps the result in the trail itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from api.access.audit_chain import Anchor, ChainedRow, ChainSeal
from api.access.audit_verification import ChainVerdict, verify_chain
from api.access.errors import AuditTrailBroken
from api.access.models import AccessAction, AccessEvent
from api.access.ports import AuditTrail

BY_ITSELF = "定时任务"
_SUBJECT = "操作记录"


class KnownAnchors(Protocol):
    def all(self) -> Iterable[Anchor]: ...


@dataclass(frozen=True, slots=True)
class AuditChecks:
    """Verification of one trail with its seal and the anchors of this machine."""

    trail: AuditTrail
    seal: ChainSeal
    anchors: KnownAnchors

    def run(self, by: str, address: str = "", *, noted: bool = True) -> ChainVerdict:
        """Raises AuditKeyUnreadable."""
        verdict = verify_chain(self.trail.rows(), self.seal, self.anchors.all())
        if noted:
            self.trail.record(by, AccessAction.AUDIT_VERIFIED, _SUBJECT, address=address, after=str(verdict))
        return verdict

    def daily(self) -> int:
        """How many rows were checked. Raises AuditTrailBroken, after the result has been kept."""
        verdict = self.run(BY_ITSELF)
        if not verdict.is_whole:
            raise AuditTrailBroken(str(verdict))
        return verdict.rows

    def last(self) -> AccessEvent | None:
        """The newest check: who, when, and in `after` the result."""
        return next(iter(self.trail.events(limit=1, action=AccessAction.AUDIT_VERIFIED)), None)

    def row(self, number: int) -> ChainedRow | None:
        return next((row for row in self.trail.rows() if row.number == number), None)
