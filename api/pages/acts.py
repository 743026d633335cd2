"""Notes in the audit trail what somebody has done on a page."""

from __future__ import annotations

from fastapi import Request

from api.access.models import Account
from api.container import Container


def note_act(
    request: Request, container: Container, by: Account, action: str, subject: str, *, reason: str = "", before: str = "", after: str = ""
) -> None:
    """One line: call it right after the act succeeded. `action` has its label in api/access/act_names.toml.

    `reason`, `before` and `after` are masked and then cut to what a line can hold.
    """
    address = request.client.host if request.client else ""
    container.audit.record(by.name, action, subject, reason, address, before, after)
