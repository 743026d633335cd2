"""Puts the web application together from a container. Chooses nothing itself."""

from __future__ import annotations

from functools import cache
from math import ceil

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from api import probes
from api.admission import CrowdGuard
from api.body_limits import BodyLimits
from api.container import Container
from api.dependencies import AnsweringRoom, seats_of
from api.desk_calls import DeskRoom, usable_cores
from api.errors import install_error_handlers
from api.jobs.lifespan import jobs_beside
from api.json_v1 import chat, handoffs, orders, policies, search, widget
from api.mcp_server.door import McpDoor
from api.openai_v1 import completions
from api.pages import (
    api_reference,
    choices,
    citizen,
    desk,
    desk_handoffs,
    desk_order_entry,
    desk_order_moves,
    desk_orders,
    handoff,
    progress,
    requests,
    sign_in,
    sign_in_elsewhere,
    supervision,
    surveys,
    widget_script,
)
from api.pages import policies as policy_pages
from api.pages.admin.routers import ADMIN_ROUTERS
from api.pages.admin.upload_room import UploadRoom
from api.pages.rendering import Pages
from api.pages.static_files import STATIC_FOLDER, DigestedFiles
from api.rate_guard import COUNTED_VISITOR
from api.request_guard import RequestGuard
from api.widget_door import WidgetDoor
from api.zero_bytes import WithoutZeroBytes

DESCRIPTION = "回答政策咨询、逐条注明依据。出错时返回 RFC 9457 问题详情（application/problem+json）。"


def create_app(container: Container) -> FastAPI:
    settings, wording = container.settings, container.content.web_wording
    room = AnsweringRoom(container, seats_of(settings), ceil(settings.max_waiting / settings.workers))
    door = McpDoor(container, room)
    app = FastAPI(
        title="政问",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=door.beside(jobs_beside(container)),
    )
    app.state.container, app.state.wording, app.state.pages = container, wording, Pages(container)
    app.state.answering_room = room
    app.state.upload_room = UploadRoom(container)
    app.state.desk_room = DeskRoom(container, usable_cores())
    limits = BodyLimits(settings.max_request_kb << 10, settings.max_upload_mb << 20, container.access.sessions)
    app.add_middleware(CrowdGuard)
    app.add_middleware(RequestGuard, metrics=container.metrics, wording=wording, limits=limits)
    app.add_middleware(WithoutZeroBytes)
    # Outermost, so that a page of another site can read why it was refused as well.
    app.add_middleware(WidgetDoor, sites=settings.widget_sites)
    install_error_handlers(app, wording)
    app.router.routes += _interfaces()
    app.router.routes.append(door.route)
    app.router.routes += _pages()
    app.mount("/static/swagger", DigestedFiles(directory=api_reference.swagger_folder()), name="swagger")
    app.mount("/static", DigestedFiles(directory=STATIC_FOLDER), name="static")
    return app


# Both once per process: on its first use FastAPI works every route out, which takes longer than answering, and they know no container.
@cache
def _interfaces() -> tuple[BaseRoute, ...]:
    router = APIRouter()
    for part in (chat, widget, handoffs, orders, search, policies):
        router.include_router(part.router, prefix="/api/v1", dependencies=[COUNTED_VISITOR])
    router.include_router(completions.router, prefix="/v1")
    return tuple(router.routes)


@cache
def _pages() -> tuple[BaseRoute, ...]:
    router = APIRouter()
    for part in (citizen, surveys, handoff, requests, progress, choices, policy_pages, api_reference, sign_in, sign_in_elsewhere):
        router.include_router(part.router, dependencies=[COUNTED_VISITOR])
    router.include_router(probes.router)
    router.include_router(widget_script.router)
    # The form of a new order before the page of one: /desk/orders/new is not a number.
    for part in (desk, desk_handoffs, desk_order_entry, desk_orders, desk_order_moves, supervision):
        router.include_router(part.router)
    for of_console in ADMIN_ROUTERS:
        router.include_router(of_console)
    return tuple(router.routes)
