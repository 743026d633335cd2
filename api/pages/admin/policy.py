"""One policy in the console: its texts and when each binds, every change and what it changed, and the acts that end or restore it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.error_statuses import status_of
from api.errors import PageNotFound
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.draft_view import changed_lines, evidence_by_field
from api.pages.admin.metadata_form import DATE_FIELDS, FIELD_LABELS, FormFaults, MetadataForm, metadata_form
from api.pages.admin.original_file import original_response, upload_of
from api.pages.admin.policies import POLICY_STYLES
from api.pages.admin.source_view import marks_of, source_blocks
from api.pages.policy_view import outline_entries
from api.policy_listing import PolicyEntry, contains
from api.policy_reading import CHANGE_LABELS, PolicyReading, read_policy
from knowledge_base.errors import ImpossibleChange
from knowledge_base.intake.models import DraftFilter, DraftState
from knowledge_base.models import DocumentRevision, Edition, ParsedDocument
from knowledge_base.validity import edition_status

router = APIRouter(include_in_schema=False)

TypedMetadata = Annotated[MetadataForm, Depends(metadata_form)]
Reason = Annotated[str, Form(max_length=500)]
_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Span:
    """When an edition binds, on a line from 0 to 100 over all editions and today; it binds on no day where `width` is 0."""

    edition: Edition
    status_label: str
    start: float
    width: float


@router.get("/admin/policies/{document_id}")
def show_policy(request: Request, container: UsedContainer, _reader: ConsoleReader, document_id: str) -> HTMLResponse:
    return _policy_page(request, container, document_id)


def _policy_page(request: Request, container: Container, document_id: str, *, words: str = "") -> HTMLResponse:
    reading = read_policy(container.documents, document_id, container.today())
    latest = reading.latest
    spans, now = timeline(reading)
    facts = _text_facts(latest, container) | {
        "reading": reading,
        "latest": latest,
        "spans": spans,
        "now": now,
        "change_labels": CHANGE_LABELS,
        "region_name": container.region_name(latest.metadata.jurisdiction),
        "names": _names(container),
        "upload": upload_of(container, document_id),
        "waiting": container.intake.drafts(DraftFilter(state=DraftState.WAITING, document_id=document_id, limit=5)),
        "proposals": [each for each in container.intake.proposals() if document_id in (each.document_id, each.repealed_by)],
        "fault": words,
    }
    return admin_page(request, "policy.html", facts, status=422 if words else 200, styles=POLICY_STYLES)


@router.get("/admin/policies/{document_id}/revisions/{number}")
def show_revision(request: Request, container: UsedContainer, _reader: ConsoleReader, document_id: str, number: int) -> HTMLResponse:
    """What this revision changed against the one before."""
    revisions = container.documents.revisions(document_id)
    revision = next((each for each in revisions if each.number == number), None)
    if revision is None:
        raise PageNotFound(f"这份文件没有第{number}次修订。请回到文件页面查看历史。")
    comparison = container.intake.compare_revisions(document_id, number)
    facts = {
        "revision": revision,
        "last": revisions[-1].number,
        "comparison": comparison,
        "changes": changed_lines(comparison.text),
        "change_labels": CHANGE_LABELS,
        "names": _names(container),
    }
    return admin_page(request, "policy_revision.html", facts, styles=POLICY_STYLES)


@router.get("/admin/policies/{document_id}/original")
def download_original(container: UsedContainer, _reader: ConsoleReader, document_id: str) -> FileResponse:
    upload = upload_of(container, document_id)
    if upload is None:
        raise PageNotFound("没有找到这份文件的原件：它不是从这里上传的。请到导入它的地方查找。")
    return original_response(container, upload)


@router.get("/admin/policies/{document_id}/edit")
def show_correction(request: Request, container: UsedContainer, _reader: ConsoleReader, document_id: str) -> HTMLResponse:
    return _correction_page(request, container, container.documents.latest(document_id))


@router.post("/admin/policies/{document_id}/edit")
def correct(  # the fields of the form
    request: Request,
    container: UsedContainer,
    by: Administrator,
    document_id: str,
    typed: TypedMetadata,
    number: Annotated[int, Form(ge=1)],
    reason: Reason = "",
) -> Response:
    """A correction of the metadata; the text stays. `number` is the revision that was looked at."""
    latest = container.documents.latest(document_id)
    try:
        metadata = typed.applied_to(latest.metadata, container.regions)
        if not reason.strip():
            raise FormFaults({"reason": "请写明更正的理由。"})
        if latest.number != number:
            raise ImpossibleChange(document_id, "它刚刚被别人改过。请核对下面的内容后再提交。")
        container.catalog.correct(ParsedDocument(document_id, latest.text, latest.outline, metadata), by.name, reason.strip())
    except (FormFaults, ImpossibleChange) as error:
        return _correction_page(request, container, latest, fault=error, typed=typed, reason=reason)
    changed = [name for name in FIELD_LABELS if getattr(metadata, name) != getattr(latest.metadata, name)]
    before, after = ("；".join(f"{FIELD_LABELS[name]}：{getattr(each, name)}" for name in changed) for each in (latest.metadata, metadata))
    note_act(request, container, by, "policy_corrected", f"《{metadata.title}》", reason=reason.strip(), before=before, after=after)
    container.work.submit("refresh_index")
    return done(f"/admin/policies/{document_id}", "已更正，索引正在更新。")


@router.get("/admin/policies/{document_id}/repeal")
def show_repeal(  # the fields of the form
    request: Request,
    container: UsedContainer,
    _reader: ConsoleReader,
    document_id: str,
    words: Annotated[str, Query(max_length=100)] = "",
    on: Annotated[str, Query(max_length=20)] = "",
    reason: Annotated[str, Query(max_length=500)] = "",
) -> HTMLResponse:
    """The form, and what was found for the replacing document; what was typed already stands in the address."""
    return _repeal_page(request, container, document_id, words=words, on=on, reason=reason)


@router.post("/admin/policies/{document_id}/repeal")
def repeal(  # the fields of the form
    request: Request,
    container: UsedContainer,
    by: Administrator,
    document_id: str,
    on: Annotated[str, Form(max_length=20)] = "",
    reason: Reason = "",
    words: Annotated[str, Form(max_length=100)] = "",
    replaced_by: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    try:
        if not reason.strip():
            raise FormFaults({"reason": "请写明废止的理由。"})
        if replaced_by:
            container.documents.latest(replaced_by)
        revision = container.catalog.repeal(document_id, date.fromisoformat(on), by.name, reason.strip(), replaced_by or None)
    except ValueError:
        fault = FormFaults({"on": "请填写废止日期，写成 2026-01-31 这样的形式。"})
        return _repeal_page(request, container, document_id, words=words, on=on, reason=reason, fault=fault)
    except (FormFaults, ImpossibleChange) as error:
        return _repeal_page(request, container, document_id, words=words, on=on, reason=reason, fault=error, chosen=replaced_by)
    after = f"{on} 起废止" + (f"，由 {replaced_by} 代替" if replaced_by else "")
    note_act(request, container, by, "policy_repealed", f"《{revision.metadata.title}》", reason=reason.strip(), after=after)
    container.work.submit("refresh_index")
    return done(f"/admin/policies/{document_id}", "已登记废止，市民从废止日期起不再看到它作为依据。")


@router.post("/admin/policies/{document_id}/restore")
def restore(request: Request, container: UsedContainer, by: Administrator, document_id: str, reason: Reason = "") -> Response:
    before = container.documents.latest(document_id)
    if not reason.strip():
        return _policy_page(request, container, document_id, words="请写明恢复的理由。")
    try:
        container.catalog.restore(document_id, by.name, reason.strip())
    except ImpossibleChange as error:
        return _policy_page(request, container, document_id, words=str(error))
    note_act(
        request,
        container,
        by,
        "policy_restored",
        f"《{before.metadata.title}》",
        reason=reason.strip(),
        before=f"{before.repealed_on} 起废止",
    )
    container.work.submit("refresh_index")
    return done(f"/admin/policies/{document_id}", "已恢复，索引正在更新。")


def timeline(reading: PolicyReading) -> tuple[list[Span], float]:
    """The editions on a common line, and where today stands on it."""
    days = [edition.effective_on for edition in reading.editions] + [edition.ends_on for edition in reading.editions if edition.ends_on]
    first, last = min((*days, reading.day)), max((*days, reading.day))
    length = max((last - first).days, 1) * 1.05

    def at(day: date) -> float:
        return round(100 * (day - first).days / length, 2)

    spans = []
    for edition in reading.editions:
        start, end = at(edition.effective_on), at(edition.ends_on) if edition.ends_on else 100.0
        spans.append(Span(edition, edition_status(edition, reading.day).label, start, max(end - start, 0.0)))
    return spans, at(reading.day)


def _correction_page(
    request: Request,
    container: Container,
    latest: DocumentRevision,
    *,
    fault: Exception | None = None,
    typed: MetadataForm | None = None,
    reason: str = "",
) -> HTMLResponse:
    facts = _text_facts(latest, container) | {
        "latest": latest,
        "form": typed or MetadataForm.of(latest.metadata, container.regions),
        "faults": fault.faults if isinstance(fault, FormFaults) else {},
        "date_fields": DATE_FIELDS,
        "reason": reason,
        "fault": str(fault) if fault else "",
    }
    return admin_page(request, "policy_edit.html", facts, status=_status(fault), styles=POLICY_STYLES)


def _repeal_page(
    request: Request,
    container: Container,
    document_id: str,
    *,
    words: str,
    on: str,
    reason: str,
    fault: Exception | None = None,
    chosen: str = "",
) -> HTMLResponse:
    facts = {
        "latest": container.documents.latest(document_id),
        "found": _candidates(container, document_id, words),
        "words": words,
        "on": on,
        "reason": reason,
        "chosen": chosen,
        "faults": fault.faults if isinstance(fault, FormFaults) else {},
        "fault": str(fault) if fault else "",
    }
    return admin_page(request, "policy_repeal.html", facts, status=_status(fault), styles=POLICY_STYLES)


def _candidates(container: Container, document_id: str, words: str) -> list[PolicyEntry]:
    if not words.strip():
        return []
    every = container.listing.every(container.today())
    return [entry for entry in every if entry.id != document_id and contains(entry, words)][:_CANDIDATES]


def _text_facts(latest: DocumentRevision, container: Container) -> dict[str, Any]:
    evidence, text = container.intake.evidence_of(latest.document_id), latest.text
    marks = marks_of(evidence, latest.metadata.repeals, len(text))
    return {
        "labels": FIELD_LABELS,
        "marked": {mark.field for mark in marks},
        "evidence": evidence_by_field(evidence, text),
        "blocks": list(source_blocks(latest.outline, text, marks)),
        "outline": list(outline_entries(latest.outline, text)),
        "repeals": [(notice, text[notice.start : notice.end]) for notice in latest.metadata.repeals],
    }


def _names(container: Container) -> dict[str, str]:
    return {account.name: account.display_name for account in container.accounts.all()}


def _status(fault: Exception | None) -> int:
    return 200 if fault is None else 422 if isinstance(fault, FormFaults) else status_of(fault)
