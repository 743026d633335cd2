"""Static files whose address carries their digest, so that a browser may keep them for good."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

STATIC_FOLDER = Path(__file__).parents[1] / "web" / "static"


@lru_cache
def digest_of(name: str) -> str:
    """Ten hex digits over the file's bytes. Raises FileNotFoundError."""
    return blake2b((STATIC_FOLDER / name).read_bytes(), digest_size=5).hexdigest()


def static_address(name: str) -> str:
    """ "css/base.css" → "/static/css/base.css?v=…"."""
    return f"/static/{name}?v={digest_of(name)}"


class DigestedFiles(StaticFiles):
    """With the file's own digest in the address it may be kept for a year; else the browser must ask again.

    Another digest is that of another version: while an upgrade is under way, a page made by one may ask a process that still has the other.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        forever = scope.get("query_string", b"") == f"v={_known_digest(path)}".encode()
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
        return response


def _known_digest(name: str) -> str:
    """ "" for a file of another folder."""
    try:
        return digest_of(name)
    except OSError:
        return ""
