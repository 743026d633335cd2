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
    """With the digest in the address a file may be kept for a year; without it the browser must ask again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        forever = b"v=" in scope.get("query_string", b"")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if forever else "no-cache"
        return response
