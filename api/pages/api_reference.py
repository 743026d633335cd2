"""The interface's own documentation, from files on this machine: no content delivery network is asked."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import pages_of

router = APIRouter(include_in_schema=False)

# Swagger UI sets style attributes while it runs.
_STYLES_ALLOWED = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


@router.get("/docs")
def reference(request: Request) -> HTMLResponse:
    pages = pages_of(request)
    response = pages.render(request, "api_reference.html", {})
    response.headers["Content-Security-Policy"] = _STYLES_ALLOWED
    return response


def swagger_folder() -> Path:
    """Where the fastapi-offline package keeps Swagger UI; found without running the package."""
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("fastapi-offline")
    return Path(spec.origin).parent / "static"
