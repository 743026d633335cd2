"""Puts the web application together from a container. Chooses nothing itself."""

from __future__ import annotations

from fastapi import FastAPI

from api import probes
from api.body_limits import BodyLimits
from api.container import Container
from api.dependencies import AnsweringRoom
from api.desk_calls import DeskRoom, usable_cores
from api.errors import install_error_handlers
from api.jobs.lifespan import jobs_beside
from api.json_v1 import chat, handoffs, orders, policies, search
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
)
from api.pages import policies as policy_pages
from api.pages.admin.routers import ADMIN_ROUTERS
from api.pages.admin.upload_room import UploadRoom
from api.pages.rendering import Pages
from api.pages.static_files import STATIC_FOLDER, DigestedFiles
from api.request_guard import RequestGuard
from api.zero_bytes import WithoutZeroBytes

DESCRIPTION = "回答政策咨询、逐条注明依据。出错时返回 RFC 9457 问题详情（application/problem+json）。"


def create_app(container: Container) -> FastAPI:
    settings, wording = container.settings, container.content.web_wording
    app = FastAPI(
        title="政问",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=jobs_beside(container),
    )
    app.state.container, app.state.wording, app.state.pages = container, wording, Pages(container)
    app.state.answering_room = AnsweringRoom(container, settings.search_threads)
    app.state.upload_room = UploadRoom(container)
    app.state.desk_room = DeskRoom(container, usable_cores())
    limits = BodyLimits(settings.max_request_kb << 10, settings.max_upload_mb << 20, container.access.sessions)
    app.add_middleware(RequestGuard, metrics=container.metrics, wording=wording, limits=limits)
    app.add_middleware(WithoutZeroBytes)
    install_error_handlers(app, wording)
    for part in (chat, handoffs, orders, search, policies):
        app.include_router(part.router, prefix="/api/v1")
    for part in (probes, citizen, surveys, handoff, requests, progress, choices, policy_pages, api_reference, sign_in, sign_in_elsewhere):
        app.include_router(part.router)
    # The form of a new order before the page of one: /desk/orders/new is not a number.
    for part in (desk, desk_handoffs, desk_order_entry, desk_orders, desk_order_moves, supervision):
        app.include_router(part.router)
    for router in ADMIN_ROUTERS:
        app.include_router(router)
    app.mount("/static/swagger", DigestedFiles(directory=api_reference.swagger_folder()), name="swagger")
    app.mount("/static", DigestedFiles(directory=STATIC_FOLDER), name="static")
    return app
