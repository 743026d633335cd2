"""The audit trail in the console: who did what, when and from where, and whether anybody has touched it since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.access.act_names import load_act_names
from api.access.models import EventFilter
from api.audit_export import EXPORT_COLUMNS, export_row
from api.dependencies import UsedContainer
from api.pages.admin.console import ConsoleReader, admin_page, done, note_act
from api.pages.admin.csv_file import csv_response
from assistant.models import CHINA_TIME

router = APIRouter(include_in_schema=False)

PAGE = "/admin/audit"
_STYLES = ("admin-audit",)
_ON_A_PAGE = 50
_MOST_EXPORTED = 200_000


@dataclass(frozen=True, slots=True)
class AuditChoice:
    """What the list shows, as the address says it; `to` is included."""

    actor: str
    action: str
    subject: str
    address: str
    since: date | None
    until: date | None
    page: int

    def link(self, **changes: Any) -> str:
        chosen = replace(self, **changes)
        fields = {name: getattr(chosen, name) for name in ("actor", "action", "subject", "address", "since", "until")}
        given = {name: str(value) for name, value in fields.items() if value}
        return "?" + urlencode(given | ({"page": str(chosen.page)} if chosen.page > 1 else {}))

    @property
    def is_restricted(self) -> bool:
        return self.wanted() != EventFilter()

    def wanted(self) -> EventFilter:
        return EventFilter(self.actor, self.action, self.subject, self.address, _begin(self.since), _begin(self.until, 1))


def _choice(
    actor: Annotated[str, Query(max_length=64)] = "",
    action: Annotated[str, Query(max_length=64)] = "",
    subject: Annotated[str, Query(max_length=128)] = "",
    address: Annotated[str, Query(max_length=64)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> AuditChoice:
    return AuditChoice(actor.strip(), action, subject.strip(), address.strip(), _day(since), _day(until), page)


UsedChoice = Annotated[AuditChoice, Depends(_choice)]


@router.get(PAGE)
def show_audit(request: Request, container: UsedContainer, _reader: ConsoleReader, choice: UsedChoice) -> HTMLResponse:
    trail, names = container.audit, load_act_names()
    total = trail.count(choice.wanted())
    facts = {
        "events": trail.page(choice.wanted(), _ON_A_PAGE, (choice.page - 1) * _ON_A_PAGE),
        "total": total,
        "pages": max(1, -(-total // _ON_A_PAGE)),
        "choice": choice,
        "names": names,
        "checked": container.access.checks.last(),
    }
    return admin_page(request, "audit.html", facts, styles=_STYLES)


@router.get(f"{PAGE}/export.csv")
def export_audit(request: Request, container: UsedContainer, reader: ConsoleReader, choice: UsedChoice) -> Response:
    """What the filters let through, oldest first, with each row's hash."""
    events, names = container.audit.page(choice.wanted(), _MOST_EXPORTED), load_act_names()
    note_act(request, container, reader, "audit_exported", "csv", after=f"共{len(events)}条")
    rows = [export_row(event, names) for event in reversed(events)]
    return csv_response(f"audit-{container.today():%Y%m%d}", EXPORT_COLUMNS, rows)


@router.post(f"{PAGE}/verify")
def verify_audit(request: Request, container: UsedContainer, reader: ConsoleReader) -> RedirectResponse:
    """Auditors too: it changes nothing but adds its own result."""
    address = request.client.host if request.client else ""
    container.access.checks.run(reader.name, address)
    return done(PAGE, "核对完毕，结果见下。")


def _day(typed: str) -> date | None:
    """None for what is no date: the filter is then as good as empty."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _begin(day: date | None, later: int = 0) -> datetime | None:
    # There is no day after the last.
    return datetime.combine(min(day, date.max - timedelta(days=1)) + timedelta(days=later), time(), CHINA_TIME) if day else None
