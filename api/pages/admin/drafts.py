"""Review of what was read from files: one draft beside its source, corrected, published now or on a day, or discarded."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from api.access.models import Account
from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.draft_view import changed_lines, concerns, evidence_by_field, neighbours
from api.pages.admin.metadata_form import DATE_FIELDS, FIELD_LABELS, FormFaults, MetadataForm, metadata_form
from api.pages.admin.original_file import original_response
from api.pages.admin.policies import POLICY_STYLES
from api.pages.admin.source_view import marks_of, source_blocks
from api.pages.policy_view import outline_entries
from knowledge_base.errors import ImpossibleChange, UnknownDocument
from knowledge_base.intake.errors import DraftChanged, DraftDecided
from knowledge_base.intake.models import Draft, DraftState
from knowledge_base.models import DocumentRevision

router = APIRouter(include_in_schema=False)

TypedMetadata = Annotated[MetadataForm, Depends(metadata_form)]
Version = Annotated[int, Form(ge=1)]
_PUBLISH_REASON = "审核后发布"


@router.get("/admin/drafts/{draft_id}")
def show_draft(request: Request, container: UsedContainer, _reader: ConsoleReader, draft_id: str) -> HTMLResponse:
    return draft_page(request, container, container.intake.draft(draft_id))


@router.post("/admin/drafts/{draft_id}")
def save_draft(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    draft_id: str,
    version: Version,
    typed: TypedMetadata,
    act: Annotated[str, Form(max_length=20)] = "save",
    reason: Annotated[str, Form(max_length=500)] = "",
    release_on: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """`act` is "save" or "publish"; publishing saves what was typed first."""
    draft = container.intake.draft(draft_id)
    try:
        released = _release_day(release_on) if act == "publish" else None
        draft = _saved(request, container, by, draft, version, typed)
        if act != "publish":
            return done(f"/admin/drafts/{draft_id}", "已保存。")
        words = publish(request, container, by, draft, reason.strip() or _PUBLISH_REASON, released)
    except (DraftChanged, DraftDecided) as error:
        return draft_page(request, container, container.intake.draft(draft_id), fault=error)
    except (FormFaults, ImpossibleChange) as error:
        return draft_page(request, container, draft, fault=error, typed=typed)
    return done(f"/admin/drafts/{draft_id}", words)


def _saved(request: Request, container: Container, by: Account, draft: Draft, version: int, typed: MetadataForm) -> Draft:
    metadata = typed.applied_to(draft.metadata, container.regions)
    if draft.version != version:
        raise DraftChanged(draft.id)
    if metadata == draft.metadata:
        return draft
    saved = container.intake.correct(draft.id, version, metadata, by.name)
    changed = [name for name in FIELD_LABELS if getattr(metadata, name) != getattr(draft.metadata, name)]
    before = "；".join(f"{FIELD_LABELS[name]}：{_plain(getattr(draft.metadata, name))}" for name in changed)
    after = "；".join(f"{FIELD_LABELS[name]}：{_plain(getattr(metadata, name))}" for name in changed)
    note_act(request, container, by, "draft_corrected", f"《{metadata.title}》", before=before, after=after)
    return saved


def publish(request: Request, container: Container, by: Account, draft: Draft, reason: str, released: date | None) -> str:
    """One sentence of what was done. Raises DraftChanged, DraftDecided, ImpossibleChange."""
    outcome = container.intake.publish(draft.id, draft.version, by.name, reason, release_on=released)
    title, later = f"《{outcome.revision.metadata.title}》", released is not None and released > container.today()
    after = f"第{outcome.revision.number}次修订" + (f"，{released}起公开" if later else "")
    note_act(request, container, by, "policy_scheduled" if later else "policy_published", title, reason=reason, after=after)
    container.work.submit("refresh_index")
    if later:
        return f"{title}已定于{released}公开，在此之前市民看不到。"
    return f"{title}已发布，索引正在更新。" + "".join(outcome.warnings)


@router.post("/admin/drafts/{draft_id}/confirm")
def confirm_text(request: Request, container: UsedContainer, by: Administrator, draft_id: str, version: Version) -> Response:
    """Somebody has compared the text that a machine read with the original."""
    draft = container.intake.confirm_text(draft_id, version, by.name)
    note_act(request, container, by, "draft_text_confirmed", f"《{draft.metadata.title}》")
    return done(f"/admin/drafts/{draft_id}", "已记录：识别出的文字与原件核对无误。")


@router.post("/admin/drafts/{draft_id}/discard")
def discard(
    request: Request,
    container: UsedContainer,
    by: Administrator,
    draft_id: str,
    version: Version,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    draft = container.intake.draft(draft_id)
    if not reason.strip():
        return draft_page(request, container, draft, words="请写明放弃的理由。")
    try:
        container.intake.discard(draft_id, version, by.name, reason.strip())
    except (DraftChanged, DraftDecided) as error:
        return draft_page(request, container, container.intake.draft(draft_id), fault=error)
    note_act(request, container, by, "draft_discarded", f"《{draft.metadata.title}》", reason=reason.strip())
    return done("/admin/drafts?state=waiting", f"已放弃《{draft.metadata.title}》的草稿，原件仍然保留。")


@router.get("/admin/drafts/{draft_id}/original")
def download_original(container: UsedContainer, _reader: ConsoleReader, draft_id: str) -> FileResponse:
    return original_response(container, container.intake.upload(container.intake.draft(draft_id).upload_id))


def draft_page(
    request: Request,
    container: Container,
    draft: Draft,
    *,
    fault: Exception | None = None,
    words: str = "",
    typed: MetadataForm | None = None,
) -> HTMLResponse:
    """`typed` is what a refused form carried: nobody types it twice."""
    text, about, present = draft.document.text, draft.metadata, _present(container, draft)
    marks = marks_of(draft.evidence, about.repeals, len(text))
    facts: dict[str, Any] = {
        "draft": draft,
        "upload": container.intake.upload(draft.upload_id),
        "concerns": concerns(draft),
        "blocks": list(source_blocks(draft.document.outline, text, marks)),
        "outline": list(outline_entries(draft.document.outline, text)),
        "marked": {mark.field for mark in marks},
        "evidence": evidence_by_field(draft.evidence, text),
        "form": typed or MetadataForm.of(about, container.regions),
        "faults": fault.faults if isinstance(fault, FormFaults) else {},
        "labels": FIELD_LABELS,
        "date_fields": DATE_FIELDS,
        "repeals": [(notice, text[notice.start : notice.end]) for notice in about.repeals],
        "present": present,
        "neighbours": neighbours(container, draft),
        "may_decide": draft.state is DraftState.WAITING,
        "names": {account.name: account.display_name for account in container.accounts.all()},
        "fault": words or (str(fault) if fault else ""),
    }
    facts |= _comparison_facts(container, draft, present)
    status = 422 if words or isinstance(fault, FormFaults) else status_of(fault) if fault else 200
    return admin_page(request, "draft.html", facts, status=status, styles=POLICY_STYLES)


def _comparison_facts(container: Container, draft: Draft, present: DocumentRevision | None) -> dict[str, Any]:
    """A first text has nothing to be compared with, and what is decided has become a revision with a comparison of its own."""
    if present is None or draft.state is not DraftState.WAITING:
        return {"comparison": None, "changes": []}
    comparison = container.intake.compare(draft.id)
    return {"comparison": comparison, "changes": changed_lines(comparison.text)}


def _present(container: Container, draft: Draft) -> DocumentRevision | None:
    try:
        return container.documents.latest(draft.document.document_id)
    except UnknownDocument:
        return None


def _release_day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip()) if typed.strip() else None
    except ValueError:
        raise FormFaults({"release_on": "日期应写成 2026-01-31 这样的形式，且确有这一天。"}) from None


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(str(getattr(part, "title", part)) for part in value)
    return "" if value is None else str(value)
