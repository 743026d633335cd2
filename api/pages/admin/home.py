"""The first page of the console: every section with what it is for."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.admin.console import ConsoleReader, admin_page

router = APIRouter(include_in_schema=False)


@router.get("/admin")
def show_home(request: Request, _reader: ConsoleReader) -> HTMLResponse:
    return admin_page(request, "home.html", {})
