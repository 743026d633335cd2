"""The addresses of the eight kinds of edited content: the same pages for each."""

from __future__ import annotations

from fastapi import APIRouter

from api.content.addresses import CONTENT_KINDS
from api.pages.admin import content, content_history, content_import

_GET, _POST = ["GET"], ["POST"]
_PAGES = (
    ("", _GET, content.show_list),
    ("/export.xlsx", _GET, content.export),
    ("/new", _GET, content.show_new),
    ("/entry", _GET, content.show_entry),
    ("/save", _POST, content.save),
    ("/remove", _POST, content.remove),
    ("/reset", _POST, content.reset),
    ("/history", _GET, content_history.show_history),
    ("/history/{number}", _GET, content_history.show_version),
    ("/history/{number}/restore", _POST, content_history.restore),
    ("/import", _GET, content_import.show_import),
    ("/import", _POST, content_import.take_file),
    ("/import/{digest}", _GET, content_import.show_preview),
    ("/import/{digest}", _POST, content_import.apply),
)


def _router() -> APIRouter:
    router = APIRouter(include_in_schema=False)
    for kind in CONTENT_KINDS:
        for address, methods, page in _PAGES:
            router.add_api_route(f"/admin/{kind}{address}", page, methods=methods, response_model=None)
    return router


router = _router()
