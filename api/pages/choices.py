"""Choosing a region and the text size; both are kept in functional cookies."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.asking import find_region
from api.dependencies import UsedContainer
from api.json_v1.search import find_regions, region_model
from api.links import inside
from api.pages.rendering import ELDER, REGION_COOKIE, SIZE_COOKIE, pages_of

router = APIRouter(include_in_schema=False)
YEAR_S = 365 * 24 * 3600


@router.get("/regions")
def choose_region(
    request: Request, container: UsedContainer, q: Annotated[str, Query(max_length=40)] = "", return_to: str = "/"
) -> HTMLResponse:
    pages = pages_of(request)
    found = [region_model(container, region) for region in find_regions(container, q)]
    return pages.render(request, "regions.html", {"q": q, "found": found, "return_to": inside(return_to)})


@router.post("/preferences")
def set_preferences(
    container: UsedContainer,
    region: Annotated[str, Form()] = "",
    size: Annotated[str, Form()] = "",
    return_to: Annotated[str, Form()] = "/",
) -> Response:
    response = RedirectResponse(inside(return_to), 303)
    if region:
        response.set_cookie(REGION_COOKIE, find_region(container, region).code, YEAR_S, httponly=True, samesite="lax")
    if size:
        response.set_cookie(SIZE_COOKIE, ELDER if size == ELDER else "usual", YEAR_S, httponly=True, samesite="lax")
    return response
