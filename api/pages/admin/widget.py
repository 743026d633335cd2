"""The chat widget in the console: the lines to copy into another site's pages, the sites that may, and the widget itself to try."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.asking import find_region, usual_region
from api.dependencies import UsedContainer
from api.pages.admin.console import ConsoleReader, admin_page
from api.pages.near_regions import near_region_names
from knowledge_base.errors import UnknownRegion

router = APIRouter(include_in_schema=False)

USUAL_TITLE = "政策咨询"


class Place(StrEnum):
    """Values of the element's attribute `place`."""

    RIGHT = "right"
    LEFT = "left"
    INLINE = "inline"

    @property
    def label(self) -> str:
        return {"right": "页面右下角", "left": "页面左下角", "inline": "代码所在的位置"}[self]


@router.get("/admin/widget")
def show_widget(
    request: Request,
    container: UsedContainer,
    _reader: ConsoleReader,
    region: Annotated[str, Query(max_length=40)] = "",
    title: Annotated[str, Query(max_length=20)] = "",
    place: Place = Place.RIGHT,
    large: Annotated[str, Query(max_length=5)] = "",
) -> HTMLResponse:
    """What was chosen stands in the address, so that it can be sent to whoever keeps the other site."""
    fault = ""
    try:
        chosen = find_region(container, region) if region.strip() else usual_region(container)
    except UnknownRegion as error:
        chosen, fault = None, str(error)
    facts = {
        "service": str(request.base_url),
        "sites": container.settings.widget_sites,
        "region": region.strip(),
        "region_code": chosen.code if chosen else "",
        "title": title.strip() or USUAL_TITLE,
        "place": place,
        "Place": Place,
        "large": bool(large),
        "regions": near_region_names(container),
        "fault": fault,
    }
    return admin_page(request, "widget.html", facts, status=422 if fault else 200, styles=("admin-widget",), scripts=("copy-text",))
