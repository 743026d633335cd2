"""Where documents come from by themselves: the list of sources, each with its runs and what was found, and what can be done."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.source_form import SourceForm, entered_form, in_words
from knowledge_base.intake.errors import UnknownUpload
from knowledge_base.intake.models import Upload
from knowledge_base.sources.errors import InvalidSource
from knowledge_base.sources.models import ItemFilter, ItemState, Pace, RunState, SourceItem, SourceKind, SourceOverview, Trial
from knowledge_base.sources.schedule import in_words as schedule_in_words

router = APIRouter(include_in_schema=False)

Entered = Annotated[SourceForm, Depends(entered_form)]
_PAGE = 50
_RUNS = 10
_STYLES = ("admin-sources",)
_SCRIPTS = ("fresh-list",)
_WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")


@router.get("/admin/sources")
def show_sources(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    return admin_page(request, "sources.html", _list_facts(container), styles=_STYLES, scripts=_SCRIPTS)


@router.get("/admin/sources/list")
def show_list(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    """The list alone, for a page that keeps itself up to date."""
    return admin_page(request, "source_list.html", _list_facts(container))


@router.get("/admin/sources/new")
def show_new(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    return _form_page(request, container, SourceForm())


@router.post("/admin/sources/new")
def add_source(
    request: Request, container: UsedContainer, by: Administrator, entered: Entered, act: Annotated[str, Form()] = "save"
) -> Response:
    """`act` try: shows what would be fetched and keeps nothing."""
    try:
        source = entered.source(container.regions)
        if act == "try":
            return _form_page(request, container, entered, trial=container.sources.trial(source))
        added = container.sources.add(source)
    except InvalidSource as refused:
        return _form_page(request, container, entered, refused=refused)
    note_act(request, container, by, "source_added", added.label, after=in_words(added))
    return done(f"/admin/sources/{added.id}", f"已添加来源“{added.label}”。可以“立即获取”，或等到预定的时间。")


@router.get("/admin/sources/{source_id}")
def show_source(
    request: Request,
    container: UsedContainer,
    _reader: ConsoleReader,
    source_id: str,
    state: str = "",
    q: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> HTMLResponse:
    wanted = ItemFilter(
        state=ItemState(state) if state in set(ItemState) else None,
        unchecked=state == "unchecked",
        words=q.strip(),
        limit=_PAGE,
        offset=(page - 1) * _PAGE,
    )
    facts = _run_facts(container, source_id) | {
        "region": container.region_name(container.sources.source(source_id).jurisdiction),
        "items": [(item, _upload_of(container, item)) for item in container.sources.items(source_id, wanted)],
        "found": container.sources.count_items(source_id, wanted),
        "states": tuple(ItemState),
        "state": state,
        "q": q,
        "page": page,
        "page_size": _PAGE,
    }
    return admin_page(request, "source.html", facts, styles=_STYLES, scripts=_SCRIPTS)


@router.get("/admin/sources/{source_id}/runs")
def show_runs(request: Request, container: UsedContainer, _reader: ConsoleReader, source_id: str) -> HTMLResponse:
    """The runs alone, for a page that keeps itself up to date."""
    return admin_page(request, "source_runs.html", _run_facts(container, source_id))


@router.get("/admin/sources/{source_id}/edit")
def show_edit(request: Request, container: UsedContainer, _reader: ConsoleReader, source_id: str) -> HTMLResponse:
    source = container.sources.source(source_id)
    return _form_page(request, container, SourceForm.of(source, container.regions), source_id)


@router.post("/admin/sources/{source_id}/edit")
def change_source(
    request: Request, container: UsedContainer, by: Administrator, source_id: str, entered: Entered, act: Annotated[str, Form()] = "save"
) -> Response:
    before = container.sources.source(source_id)
    try:
        source = entered.source(container.regions, source_id, enabled=before.enabled)
        if act == "try":
            return _form_page(request, container, entered, source_id, trial=container.sources.trial(source))
        changed = container.sources.change(source)
    except InvalidSource as refused:
        return _form_page(request, container, entered, source_id, refused=refused)
    note_act(request, container, by, "source_changed", changed.label, before=in_words(before), after=in_words(changed))
    return done(f"/admin/sources/{source_id}", "已保存。下次获取时生效。")


@router.post("/admin/sources/{source_id}/run")
def run_now(request: Request, container: UsedContainer, by: Administrator, source_id: str) -> Response:
    container.sources.request(source_id, by.name)
    label = container.sources.source(source_id).label
    note_act(request, container, by, "source_run_requested", label)
    return done(f"/admin/sources/{source_id}", "已安排获取，在后台进行。")


@router.post("/admin/sources/{source_id}/cancel")
def cancel_run(request: Request, container: UsedContainer, by: Administrator, source_id: str) -> Response:
    run = container.sources.cancel(source_id, by.name)
    label = container.sources.source(source_id).label
    note_act(request, container, by, "source_run_cancelled", label)
    words = "已取消。" if run.state is RunState.CANCELLED else "正在取消：当前这一次请求结束后停止，取到的内容保留。"
    return done(f"/admin/sources/{source_id}", words)


@router.post("/admin/sources/{source_id}/switch")
def switch_source(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    source_id: str,
    version: Annotated[int, Form()],
    enabled: Annotated[bool, Form()],
) -> Response:
    source = container.sources.switch(source_id, version, enabled=enabled)
    note_act(request, container, by, "source_enabled" if enabled else "source_disabled", source.label)
    return done(f"/admin/sources/{source_id}", "已启用。" if enabled else "已停用，不再获取；已取到的内容保留。")


@router.post("/admin/sources/{source_id}/remove")
def remove_source(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    source_id: str,
    version: Annotated[int, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    try:
        source = container.sources.remove(source_id, version, by.name, reason)
    except InvalidSource as refused:
        return done(f"/admin/sources/{source_id}#remove", f"没有移除。{refused.reason}")
    note_act(request, container, by, "source_removed", source.label, reason=reason, before=in_words(source))
    return done("/admin/sources", f"已移除来源“{source.label}”。取到的文件和已发布的政策不受影响。")


@router.post("/admin/sources/{source_id}/checked")
def note_checked(
    request: Request, container: UsedContainer, by: Administrator, source_id: str, address: Annotated[str, Form(max_length=4000)]
) -> Response:
    try:
        item = container.sources.note_checked(source_id, address, by.name)
    except InvalidSource as refused:
        return done(f"/admin/sources/{source_id}?state=unchecked#items", refused.reason)
    note_act(request, container, by, "source_withdrawal_checked", item.title or item.address, after=item.address)
    return done(f"/admin/sources/{source_id}?state=unchecked#items", "已记为核对过。政策文件没有改动；需要废止时请到“政策文件”办理。")


def _list_facts(container: Container) -> dict[str, Any]:
    overviews = container.sources.overviews()
    return {
        "overviews": overviews,
        "schedules": _schedules(overviews),
        "is_busy": any(map(_is_busy, overviews)),
        "names": _names(container),
    }


def _run_facts(container: Container, source_id: str) -> dict[str, Any]:
    overview = container.sources.overview(source_id)
    return {
        "overview": overview,
        "source": overview.source,
        "schedules": _schedules((overview,)),
        "runs": container.sources.runs(source_id, _RUNS),
        "is_busy": _is_busy(overview),
        "names": _names(container),
    }


def _schedules(overviews: tuple[SourceOverview, ...]) -> dict[str, str]:
    return {overview.source.id: schedule_in_words(overview.source.schedule) for overview in overviews}


def _is_busy(overview: SourceOverview) -> bool:
    return overview.last_run is not None and not overview.last_run.state.is_over


def _names(container: Container) -> dict[str, str]:
    return {account.name: account.display_name for account in container.accounts.all()}


def _upload_of(container: Container, item: SourceItem) -> Upload | None:
    """The newest file of an item, with the drafts read from it."""
    try:
        return container.intake.upload(item.upload_id) if item.upload_id else None
    except UnknownUpload:
        return None


def _form_page(
    request: Request,
    container: Container,
    form: SourceForm,
    source_id: str = "",
    *,
    trial: Trial | None = None,
    refused: InvalidSource | None = None,
) -> HTMLResponse:
    facts = {
        "form": form,
        "source_id": source_id,
        "kinds": tuple(SourceKind),
        "paces": tuple(Pace),
        "weekdays": tuple(enumerate(_WEEKDAYS)),
        "trial": trial,
        "faults": {refused.field: refused.reason} if refused else {},
        "fault": f"没有保存。{refused.reason}" if refused else "",
        "folders": [str(folder) for folder in container.settings.permitted_folders],
    }
    return admin_page(request, "source_edit.html", facts, status=422 if refused else 200, styles=_STYLES)
