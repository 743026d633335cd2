"""The list of drafts, and publishing several that ask for no special attention, after a look at what would happen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done
from api.pages.admin.draft_view import concerns
from api.pages.admin.drafts import publish
from api.pages.admin.policies import POLICY_STYLES
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.intake.models import Draft, DraftFilter, DraftState

router = APIRouter(include_in_schema=False)

_MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """`reasons` say why it cannot be published together with others."""

    draft: Draft
    is_known: bool
    reasons: tuple[str, ...]

    @property
    def may_join(self) -> bool:
        return self.draft.state is DraftState.WAITING and not self.reasons


@router.get("/admin/drafts")
def list_drafts(
    request: Request,
    container: UsedContainer,
    _reader: ConsoleReader,
    state: str = "",
    words: Annotated[str, Query(max_length=100)] = "",
    upload: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    chosen = DraftState(state) if state in set(DraftState) else None
    size = container.settings.page_size
    wanted = DraftFilter(state=chosen, upload_id=upload, words=words.strip(), limit=size, offset=(page - 1) * size)
    total = container.intake.count_drafts(wanted)
    kept = {"state": state if chosen else "", "words": words, "upload": upload}
    facts = {
        "rows": _listed(container, container.intake.drafts(wanted)),
        "total": total,
        "page": page,
        "pages": max(1, -(-total // size)),
        "wanted": kept,
        "query": urlencode({name: value for name, value in kept.items() if value}),
        "states": tuple(DraftState),
        "upload": container.intake.upload(upload) if upload else None,
        "full_name": container.region_name,
    }
    return admin_page(request, "drafts.html", facts, styles=POLICY_STYLES)


@router.post("/admin/drafts")
def publish_several(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    draft: Annotated[list[str] | None, Form()] = None,
    confirmed: Annotated[str, Form(max_length=3)] = "",
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """`draft` are "id version" as they were seen. First shows what would be published; "yes" does it."""
    chosen = [_seen(container, each) for each in (draft or [])[:_MOST_AT_ONCE]]
    if not chosen:
        return done("/admin/drafts?state=waiting", "没有选择草稿。请先在列表里勾选，再按“发布所选”。")
    rows = _listed(container, tuple(each for each, _ in chosen))
    if confirmed != "yes":
        return admin_page(request, "drafts_publish.html", {"rows": rows, "full_name": container.region_name}, styles=POLICY_STYLES)
    published, kept_back = 0, []
    for row, (each, version) in zip(rows, chosen, strict=True):
        if not row.may_join or each.version != version:
            kept_back.append(f"《{each.metadata.title}》（{row.reasons[0] if row.reasons else '刚刚被改过或已经处理'}）")
            continue
        try:
            publish(request, container, by, each, reason.strip() or "成批审核后发布", None)
            published += 1
        except KnowledgeBaseError as error:
            kept_back.append(f"《{each.metadata.title}》（{error}）")
    words = f"发布了 {published} 份，索引正在更新。" + (f"没有发布 {len(kept_back)} 份：{'、'.join(kept_back)}" if kept_back else "")
    return done("/admin/drafts?state=waiting", words)


def _seen(container: Container, typed: str) -> tuple[Draft, int]:
    draft_id, _, version = typed.rpartition(" ")
    return container.intake.draft(draft_id), int(version) if version.isdecimal() else 0


def _listed(container: Container, drafts: tuple[Draft, ...]) -> list[ListedDraft]:
    known = {entry.id for entry in container.listing.every(container.today())}
    return [ListedDraft(draft, draft.document.document_id in known, concerns(draft)) for draft in drafts]
