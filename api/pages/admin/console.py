"""What every page of the console shares: who may come in, how a page is made, how an act is noted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.access.guards import signed_in
from api.access.models import Account, Role
from api.pages.acts import note_act
from api.pages.admin.sections import GROUPS, supervisors_groups
from api.pages.rendering import STYLES, pages_of

__all__ = ["ADMIN_STYLES", "Administrator", "ConsoleReader", "admin_page", "done", "note_act"]

Administrator = Annotated[Account, Depends(signed_in(Role.ADMINISTRATOR))]
"""For everything that changes something."""
ConsoleReader = Annotated[Account, Depends(signed_in(Role.ADMINISTRATOR, Role.AUDITOR))]
"""For looking: auditors read, and change nothing."""

ADMIN_STYLES = (*STYLES, "admin")


def admin_page(
    request: Request,
    template: str,
    facts: Mapping[str, Any],
    *,
    status: int = 200,
    styles: tuple[str, ...] = (),
    scripts: tuple[str, ...] = (),
) -> HTMLResponse:
    """A page of the console. `template` below templates/admin; `styles` and `scripts` come on top of those every page of it has.

    `?done=` in the address is shown as what has just been done (see `done`).
    """
    pages = pages_of(request)
    sees_all = request.state.staff.may(Role.ADMINISTRATOR, Role.AUDITOR)
    common = {
        "groups": GROUPS if sees_all else supervisors_groups(),
        "sees_all": sees_all,
        "done": request.query_params.get("done", "")[:200],
        "fault": "",
        "styles": (*ADMIN_STYLES, *styles),
        "scripts": ("admin-menu", *scripts),
        "may_change": request.state.staff.may(Role.ADMINISTRATOR),
    }
    return pages.render(request, f"admin/{template}", common | dict(facts), status=status)


def done(address: str, words: str) -> RedirectResponse:
    """After a change: back to a page by GET, with one sentence of what was done."""
    mark = "&" if "?" in address else "?"
    path, _, fragment = address.partition("#")
    return RedirectResponse(f"{path}{mark}done={quote(words)}" + (f"#{fragment}" if fragment else ""), 303)
