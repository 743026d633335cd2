"""Makes HTML from templates, with what every page shows: the chosen region, the text size, the demonstration notice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.access.models import Role
from api.chinese_dates import chinese_clock, chinese_day, chinese_moment
from api.container import Container
from api.links import anchor
from api.pages.static_files import static_address
from api.shown_address import shown_address
from assistant.hotline.order_terms import OrderAction, Satisfaction
from knowledge_base.models import Region, ValidityStatus

TEMPLATES = Path(__file__).parents[1] / "web" / "templates"
REGION_COOKIE = "zhengwen_region"
SIZE_COOKIE = "zhengwen_size"
ELDER = "elder"

_EMPTY_LINES = re.compile(r"\n\s*\n")

STYLES = (
    "tokens",
    "base",
    "layout",
    "buttons",
    "ask",
    "answer",
    "generated",
    "citation",
    "department",
    "regions",
    "policies",
    "policy",
    "handoff",
    "requests",
    "progress",
    "staff",
    "sign-in",
    "survey",
    "print",
)
SCRIPTS = ("ask-form", "feedback-form", "survey-form", "copy-link")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a citizen chose, kept in functional cookies."""

    region: Region | None
    region_name: str
    elder: bool


class Pages:
    """Renders templates for one application."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._environment = _environment()

    def preferences(self, request: Request) -> Preferences:
        regions, chosen = self._container.regions, request.cookies.get(REGION_COOKIE, "")
        region = regions.resolve(chosen) or regions.resolve(self._container.settings.service_region)
        return Preferences(region, regions.full_name(region.code) if region else "未选择", request.cookies.get(SIZE_COOKIE) == ELDER)

    def render(self, request: Request, template: str, facts: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        return HTMLResponse(self.html(request, template, facts), status)

    def html(self, request: Request, template: str, facts: Mapping[str, Any]) -> str:
        common = {
            "preferences": self.preferences(request),
            "here": _here(request),
            "path": request.url.path,
            "demonstration": self._container.settings.demonstration,
            "today": self._container.today(),
            # Set by the guards of staff pages.
            "staff": getattr(request.state, "staff", None),
            "csrf_token": getattr(request.state, "csrf_token", ""),
        }
        return self._environment.get_template(template).render(common | dict(facts))


@cache
def _environment() -> Environment:
    """One in a process: a template is compiled on its first use, which takes longer than filling it in."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals |= {
        "static": static_address,
        "styles": STYLES,
        "scripts": SCRIPTS,
        "ValidityStatus": ValidityStatus,
        "Role": Role,
        "Satisfaction": Satisfaction,
        "OrderAction": OrderAction,
    }
    environment.filters |= {
        "day": chinese_day,
        "clock": chinese_clock,
        "moment": chinese_moment,
        "address": shown_address,
        "anchor": anchor,
        "close": _close_lines,
        "segment": lambda text: quote(text, safe=""),
        "tel": _dialled,
    }
    return environment


def _close_lines(text: str) -> str:
    """The same words without empty lines between them; distance between paragraphs is the page's to give."""
    return _EMPTY_LINES.sub("\n", text)


def _dialled(phone: str) -> str:
    return "".join(character for character in phone if character.isdigit() or character == "+")


def _here(request: Request) -> str:
    """Where to come back to after a preference was set; the address of a form is no place to come back to."""
    if request.method != "GET":
        return "/"
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def pages_of(request: Request) -> Pages:
    """Of the application that the request came to."""
    pages: Pages = request.app.state.pages
    return pages
