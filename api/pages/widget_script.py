"""The one script that other sites include: its parts and its style in one file. The only thing here that other origins may load."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import Response

router = APIRouter(include_in_schema=False)

WIDGET_FOLDER = Path(__file__).parents[1] / "web" / "widget"
_PARTS = ("parts", "service", "answer", "opinion", "dialog", "chat")
_HEADERS = {
    # Of all the service sends, only this may be made part of a page of another origin.
    "Cross-Origin-Resource-Policy": "cross-origin",
    # The address stays the same over an upgrade, so a browser asks again after ten minutes.
    "Cache-Control": "public, max-age=600",
}


@lru_cache
def widget_script() -> bytes:
    """UTF-8. Everything stands inside one function, so the page's own names and the widget's never meet."""
    style = orjson.dumps((WIDGET_FOLDER / "style.css").read_text(encoding="utf-8")).decode()
    parts = [(WIDGET_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in _PARTS]
    head = f'"use strict";\nconst SCRIPT = document.currentScript;\nconst BASE = new URL(".", SCRIPT.src);\nconst STYLE = {style};\n'
    return f"(() => {{\n{head}\n{chr(10).join(parts)}}})();\n".encode()


@router.get("/widget.js")
def script(request: Request) -> Response:
    body = widget_script()
    headers = _HEADERS | {"ETag": f'"{blake2b(body, digest_size=8).hexdigest()}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)
