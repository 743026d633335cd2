"""The index in the console: what answers, what is pending, run, watch, cancel, compare, switch and switch back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.access.models import Role
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.rendering import pages_of
from indexing.errors import IndexingError
from indexing.indexing_run import RunState

router = APIRouter(include_in_schema=False)
_PAGE = "/admin/index"
_SHOWN = 30
_STYLES, _SCRIPTS = ("admin-index",), ("fresh-list",)
_WITHOUT_REASON = "没有换用：请写明理由，它会记入操作记录。"


@router.get(_PAGE)
def show_index(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    return _page(request, container)


@router.get(_PAGE + "/runs")
def show_runs(request: Request, container: UsedContainer, _reader: ConsoleReader) -> HTMLResponse:
    """What is under way and the history, for the element that keeps the page fresh."""
    pages = pages_of(request)
    return pages.render(request, "admin/index_runs.html", _runs(container) | {"may_change": _may_change(request)})


@router.post(_PAGE)
def run_now(
    request: Request,
    container: UsedContainer,
    administrator: Administrator,
    compare: Annotated[str, Form(max_length=10)] = "",
    why: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    reason = container.mask(why.strip()) or "在管理页面更新"
    run = container.index.request(administrator.name, reason, compare=bool(compare))
    note_act(request, container, administrator, "index_requested", str(run.id), reason=reason)
    words = "已安排更新索引，建好后先停下，等您比较再切换。" if compare else "已安排更新索引，建好并核对后自动切换，期间照常答复。"
    return done(_PAGE, words)


@router.post(_PAGE + "/runs/{run_id}/{decision}")
def decide(
    request: Request,
    container: UsedContainer,
    administrator: Administrator,
    run_id: int,
    decision: str,
    reason: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """`decision`: cancel, switch or discard."""
    index, by = container.index, administrator.name
    acts = {"cancel": index.cancel, "switch": index.switch, "discard": index.discard}
    names = {"cancel": "index_cancelled", "switch": "index_switched", "discard": "index_discarded"}
    if decision not in acts:
        return done(_PAGE, "没有这个操作。")
    before = container.snapshots.current_id() or ""
    try:
        run = acts[decision](run_id, by)
    except IndexingError as error:
        return _page(request, container, error)
    after = container.snapshots.current_id() or ""
    note_act(request, container, administrator, names[decision], str(run_id), reason=reason.strip(), before=before, after=after)
    return done(_PAGE, run.sentence or "已请它停止，会在算完手上的一批后结束；原来的索引继续使用。")


@router.post(_PAGE + "/use")
def use_snapshot(
    request: Request,
    container: UsedContainer,
    administrator: Administrator,
    snapshot: Annotated[str, Form(max_length=80)] = "",
    reason: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    said = container.mask(reason.strip())
    if not said:
        return _page(request, container, _WITHOUT_REASON)
    if snapshot not in {kept.snapshot_id for kept in container.snapshots.snapshots()}:
        return _page(request, container, "没有换用：这个快照已经不在了，请从下面的列表中选择。")
    try:
        run = container.index.use(snapshot, administrator.name, said)
    except IndexingError as error:
        return _page(request, container, error)
    note_act(
        request, container, administrator, "index_switched", snapshot, reason=said, before=run.snapshot_before, after=run.snapshot_after
    )
    return done(_PAGE, run.sentence)


@router.get(_PAGE + "/compare")
def compare(request: Request, container: UsedContainer, _reader: ConsoleReader, before: str = "", after: str = "") -> HTMLResponse:
    """Two kept snapshots on the golden questions; without names the current one and the newest other."""
    kept = [manifest.snapshot_id for manifest in container.snapshots.snapshots()]
    current = container.snapshots.current_id() or ""
    after = after or next((snapshot for snapshot in kept if snapshot != current), current)
    before = before or current
    facts: dict[str, object] = {"kept": kept, "current": current, "before": before, "after": after, "compared": None, "run": None}
    status = 200
    if {before, after} <= set(kept):
        try:
            facts |= {"compared": container.index.compare(before, after, container.today()), "run": _ready(container, after)}
        except IndexingError as error:
            facts |= {"fault": str(error)}
            status = status_of(error)
    return admin_page(request, "index_compare.html", facts, status=status, styles=_STYLES)


def _page(request: Request, container: Container, fault: IndexingError | str = "") -> HTMLResponse:
    facts = _runs(container) | {
        "current": container.snapshots.current(),
        "kept": container.snapshots.snapshots(),
        "pending": container.index.pending(),
        "refreshed_by_server": container.settings.jobs != "off",
        "fault": str(fault),
    }
    status = 200 if not fault else 422 if isinstance(fault, str) else status_of(fault)
    return admin_page(request, "index.html", facts, status=status, styles=_STYLES, scripts=_SCRIPTS)


def _runs(container: Container) -> dict[str, object]:
    return {"underway": container.index.underway(), "runs": container.index.history(_SHOWN), "RunState": RunState}


def _ready(container: Container, snapshot_id: str) -> object:
    ready = container.index.underway()
    return ready if ready and ready.state is RunState.READY and ready.snapshot_after == snapshot_id else None


def _may_change(request: Request) -> bool:
    return bool(request.state.staff.may(Role.ADMINISTRATOR))
