"""Who is told of what happens here: subscribers, their secrets, and what came of every message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.access.models import Account
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.errors import PageNotFound
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.shown_address import shown_address
from assistant.hotline.errors import HotlineError
from assistant.hotline.webhook_events import WebhookEvent
from assistant.hotline.webhook_subscribers import UnknownSubscriber, WebhookSubscriber

router = APIRouter(include_in_schema=False)

PAGE = "/admin/webhooks"
_NOTHING_TYPED = {"name": "", "url": "", "events": ()}

Name = Annotated[str, Form(max_length=200)]
Url = Annotated[str, Form(max_length=2000)]
Events = Annotated[list[WebhookEvent], Form()]


@router.get(PAGE)
def list_subscribers(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    return _list_page(request, container)


@router.post(PAGE)
def subscribe(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    name: Name = "",
    url: Url = "",
    events: Events = [],  # noqa: B006 - FastAPI copies the default of a form field
) -> HTMLResponse:
    """The secret stands on the answer to this request and nowhere else."""
    try:
        made = container.subscribers.create(name, url, events, by=by.name)
    except HotlineError as error:
        return _list_page(request, container, typed={"name": name, "url": url, "events": events}, fault=error)
    note_act(request, container, by, "webhook_created", made.subscriber.id, after=_described(made.subscriber))
    return _shown_once(_subscriber_page(request, container, made.subscriber.id, secret=made.secret))


@router.get(PAGE + "/{subscriber_id}")
def show_subscriber(request: Request, container: UsedContainer, _reader: ConsoleReader, subscriber_id: str) -> HTMLResponse:
    return _subscriber_page(request, container, subscriber_id)


@router.post(PAGE + "/{subscriber_id}")
def change(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    subscriber_id: str,
    name: Name = "",
    url: Url = "",
    events: Events = [],  # noqa: B006 - as above
) -> Response:
    before = _found(container, subscriber_id)
    try:
        after = container.subscribers.change(subscriber_id, name, url, events)
    except HotlineError as error:
        return _subscriber_page(request, container, subscriber_id, typed={"name": name, "url": url, "events": events}, fault=error)
    note_act(request, container, by, "webhook_changed", subscriber_id, before=_described(before), after=_described(after))
    return done(f"{PAGE}/{subscriber_id}", "已保存，下一条通知起生效。")


@router.post(PAGE + "/{subscriber_id}/enable")
def enable(request: Request, container: UsedContainer, by: Administrator, subscriber_id: str) -> Response:
    return _switched(request, container, by, subscriber_id, enabled=True)


@router.post(PAGE + "/{subscriber_id}/disable")
def disable(request: Request, container: UsedContainer, by: Administrator, subscriber_id: str) -> Response:
    return _switched(request, container, by, subscriber_id, enabled=False)


@router.post(PAGE + "/{subscriber_id}/secret")
def renew_secret(request: Request, container: UsedContainer, by: Administrator, subscriber_id: str) -> HTMLResponse:
    """The new secret stands on the answer to this request and nowhere else."""
    _found(container, subscriber_id)
    secret = container.subscribers.renew_secret(subscriber_id).secret
    note_act(request, container, by, "webhook_secret_renewed", subscriber_id)
    return _shown_once(_subscriber_page(request, container, subscriber_id, secret=secret))


@router.post(PAGE + "/{subscriber_id}/test")
def test(request: Request, container: UsedContainer, by: Administrator, subscriber_id: str) -> Response:
    def send() -> str:
        container.subscribers.test(subscriber_id)
        return "测试通知已经排队，几秒内发出；刷新本页看结果。"

    return _acted(request, container, by, subscriber_id, "webhook_tested", send)


@router.post(PAGE + "/{subscriber_id}/retry")
def retry(request: Request, container: UsedContainer, by: Administrator, subscriber_id: str) -> Response:
    def again() -> str:
        return f"已把 {container.subscribers.retry(subscriber_id)} 条放弃的通知重新排队。"

    return _acted(request, container, by, subscriber_id, "webhook_retried", again)


@router.post(PAGE + "/{subscriber_id}/remove")
def remove(request: Request, container: UsedContainer, by: Administrator, subscriber_id: str) -> Response:
    removed = _found(container, subscriber_id)
    container.subscribers.remove(subscriber_id)
    note_act(request, container, by, "webhook_removed", subscriber_id, before=_described(removed))
    return done(PAGE, f"“{removed.name}”已删除，还没有送达的通知不再发送。")


def _switched(request: Request, container: Container, by: Account, subscriber_id: str, *, enabled: bool) -> Response:
    _found(container, subscriber_id)
    container.subscribers.enable(subscriber_id, enabled)
    note_act(request, container, by, "webhook_enabled" if enabled else "webhook_disabled", subscriber_id)
    words = "已启用，此后发生的事会通知。" if enabled else "已停用，还没有送达的通知不再发送。"
    return done(f"{PAGE}/{subscriber_id}", words)


def _acted(request: Request, container: Container, by: Account, subscriber_id: str, act: str, run: Callable[[], str]) -> Response:
    _found(container, subscriber_id)
    words = run()
    note_act(request, container, by, act, subscriber_id)
    return done(f"{PAGE}/{subscriber_id}", words)


def _list_page(
    request: Request, container: Container, *, typed: Mapping[str, Any] | None = None, fault: HotlineError | None = None
) -> HTMLResponse:
    facts = {
        "subscribers": [(each, next(iter(container.deliveries.newest((), 1, each.id)), None)) for each in container.subscribers.all()],
        "events": tuple(WebhookEvent),
        "typed": typed or _NOTHING_TYPED,
        "configured": container.settings.webhook_addresses,
        "fault": str(fault) if fault else "",
    }
    return admin_page(request, "webhooks.html", facts, status=status_of(fault) if fault else 200, styles=("admin-accounts", "admin-doors"))


def _subscriber_page(
    request: Request,
    container: Container,
    subscriber_id: str,
    *,
    typed: Mapping[str, Any] | None = None,
    fault: HotlineError | None = None,
    secret: str = "",
) -> HTMLResponse:
    subscriber = _found(container, subscriber_id)
    facts = {
        "subscriber": subscriber,
        "deliveries": container.subscribers.sent_to(subscriber_id),
        "events": tuple(WebhookEvent),
        "typed": typed or {"name": subscriber.name, "url": subscriber.url, "events": subscriber.events},
        "secret": secret,
        "fault": str(fault) if fault else "",
    }
    return admin_page(request, "webhook.html", facts, status=status_of(fault) if fault else 200, styles=("admin-accounts", "admin-doors"))


def _found(container: Container, subscriber_id: str) -> WebhookSubscriber:
    try:
        return container.subscribers.get(subscriber_id)
    except UnknownSubscriber as error:
        raise PageNotFound(str(error)) from None


def _described(subscriber: WebhookSubscriber) -> str:
    return f"{subscriber.name}，{shown_address(subscriber.url)}，{subscriber.event_labels}"


def _shown_once(response: HTMLResponse) -> HTMLResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
