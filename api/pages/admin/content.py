"""Edited content in the console: for each of the eight kinds a list, a form, and what can be done with an entry."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.container import Container
from api.dependencies import UsedContainer
from api.pages.admin.console import Administrator, ConsoleReader, admin_page, done, note_act
from api.pages.admin.content_acts import (
    ContentForm,
    UsedKind,
    base_of,
    content_form,
    entry_address,
    refresh_where_needed,
    save_entry,
    take_away,
)
from api.pages.admin.content_view import (
    CELL,
    ListChoice,
    before_and_after,
    departments_of,
    known_regions,
    listed,
    policies_named,
    values_in_use,
)
from knowledge_base.content.differences import row_changes
from knowledge_base.content.errors import ContentConflict, FaultyEntry, NothingToChange, UnknownEntry
from knowledge_base.content.models import Author, ContentEntry, ContentKind, EntryFault, Origin, Row

STYLES = ("admin-content",)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Form = Annotated[ContentForm, Depends(content_form)]
Key = Annotated[str, Query(max_length=300)]


def show_list(request: Request, container: UsedContainer, kind: UsedKind, _reader: ConsoleReader) -> HTMLResponse:
    return _list_page(request, container, kind)


def export(request: Request, container: UsedContainer, kind: UsedKind, reader: ConsoleReader) -> Response:
    sheet = container.content.sheet(kind.id)
    note_act(request, container, reader, "content_exported", kind.table.label)
    name = f"{kind.id}-{container.today():%Y%m%d}.xlsx"
    return Response(sheet, media_type=_XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def show_new(request: Request, container: UsedContainer, kind: UsedKind, _administrator: Administrator) -> HTMLResponse:
    return _form_page(request, container, kind, None, {**_suggested(container, kind), **_prefilled(request, kind)})


def show_entry(request: Request, container: UsedContainer, kind: UsedKind, _reader: ConsoleReader, key: Key) -> HTMLResponse:
    entry = container.content.desk.entry(kind.id, key)
    return _form_page(request, container, kind, entry, entry.row)


def save(request: Request, container: UsedContainer, kind: UsedKind, administrator: Administrator, form: Form) -> Response:
    try:
        key, words = save_entry(request, container, administrator, kind, form)
    except NothingToChange as nothing:
        return done(entry_address(kind.id, form.key), str(nothing)) if form.key else _again(request, container, kind, form, nothing)
    except (FaultyEntry, ContentConflict, UnknownEntry) as error:
        return _again(request, container, kind, form, error)
    return done(entry_address(kind.id, key), words)


def remove(request: Request, container: UsedContainer, kind: UsedKind, administrator: Administrator, form: Form) -> Response:
    try:
        words = take_away(request, container, administrator, kind, form)
    except (FaultyEntry, ContentConflict, NothingToChange) as error:
        return _again(request, container, kind, form, error, keep=False)
    return done(base_of(kind), words)


def reset(request: Request, container: UsedContainer, kind: UsedKind, administrator: Administrator, form: Form) -> Response:
    desk = container.content.desk
    entry = desk.entry(kind.id, form.key)
    try:
        desk.reset(kind.id, form.key, Author(administrator.name, form.reason), based_on=form.based_on)
    except (FaultyEntry, ContentConflict, NothingToChange) as error:
        return _again(request, container, kind, form, error, keep=False)
    before, after = before_and_after(kind, entry.live, entry.shipped)
    subject = f"{kind.table.label} {form.key}"
    note_act(request, container, administrator, "content_reset", subject, reason=form.reason, before=before, after=after)
    return done(entry_address(kind.id, form.key), "已恢复为随程序提供的内容。" + refresh_where_needed(container, kind))


def _list_page(request: Request, container: Container, kind: ContentKind) -> HTMLResponse:
    choice, entries, size = ListChoice.of(request, kind), container.content.desk.entries(kind.id), container.settings.page_size
    found = [entry for entry in entries if choice.fits(entry, container)]
    if any(column.name == "order" for column in kind.table.columns):
        found.sort(key=lambda entry: int(entry.row.get("order") or 10**6))
    # What an entry is called by comes first: it is the link to it.
    columns = sorted((column for column in kind.table.columns if column.listed), key=lambda column: column.name != kind.table.title)
    pages = max(1, -(-len(found) // size))
    shown = found[(min(choice.page, pages) - 1) * size : min(choice.page, pages) * size]
    facts = {
        "kind": kind.table,
        "base": base_of(kind),
        "columns": columns,
        "entries": [listed(container, columns, entry) for entry in shown],
        "total": len(found),
        "page": min(choice.page, pages),
        "pages": pages,
        "choice": choice,
        "origins": [origin for origin in Origin if any(entry.origin is origin for entry in entries)],
        "departments": departments_of(container),
        "regions": known_regions(container),
        "in_use": {c.name: values_in_use(entries, c.name) for c in kind.table.columns if c.filtered},
    }
    return admin_page(request, "content_list.html", facts, styles=STYLES)


def _form_page(
    request: Request,
    container: Container,
    kind: ContentKind,
    entry: ContentEntry | None,
    cells: Row,
    *,
    faults: Mapping[str, str] | None = None,
    fault: str = "",
    reason: str = "",
    status: int = 200,
) -> HTMLResponse:
    key = entry.key if entry else ""
    facts = {
        "kind": kind.table,
        "base": base_of(kind),
        "entry": entry,
        "entry_key": key,
        "title_text": cells.get(kind.table.title, "").split("\n")[0],
        "cells": cells,
        "cell": CELL,
        "faults": faults or {},
        "fault": fault,
        "reason": reason,
        "departments": departments_of(container),
        "regions": known_regions(container),
        "history": container.content.desk.store.history(kind.id, key, 10) if key else (),
        "against_live": row_changes(kind.table, entry.live, entry.draft) if entry and entry.live and entry.draft else (),
        "others": row_changes(kind.table, entry.row, cells) if status == 409 and entry else (),
        "policies": policies_named(container, cells.get("basis", "")),
    }
    return admin_page(request, "content_form.html", facts, status=status, styles=STYLES)


def _suggested(container: Container, kind: ContentKind) -> Row:
    """A number nobody has to think of, and the region the service is for."""
    names = {column.name for column in kind.table.columns}
    numbered = {"id": f"{kind.id}-{container.today():%Y%m%d}-{token_hex(2)}"} if "id" in names else {}
    region = container.settings.service_region
    return numbered | ({"jurisdiction": region} if region and "jurisdiction" in names else {})


def _again(
    request: Request, container: Container, kind: ContentKind, form: ContentForm, error: Exception, *, keep: bool = True
) -> HTMLResponse:
    """The form as it was filled in, with what is wrong. An entry that others took away meanwhile can be saved as a new one."""
    entry: ContentEntry | None = None
    if form.key:
        try:
            entry = container.content.desk.entry(kind.id, form.key)
        except UnknownEntry:
            error = UnknownEntry(f"“{form.key}”这一条（保存会把您填写的内容作为新的一条）")
    faults = _by_field(error.faults) if isinstance(error, FaultyEntry) else {}
    status = 422 if isinstance(error, FaultyEntry | NothingToChange) else 409
    cells = form.cells if keep or entry is None else entry.row
    return _form_page(request, container, kind, entry, cells, faults=faults, fault=str(error), reason=form.reason, status=status)


def _by_field(faults: tuple[EntryFault, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for fault in faults:
        found.setdefault(fault.field, fault.reason)
    return found


def _prefilled(request: Request, kind: ContentKind) -> Row:
    """What another page suggests: for a guide its title, questions and department, else cells by name."""
    asked = request.query_params
    cells = {column.name: "\n".join(asked.getlist(column.name))[: column.longest] for column in kind.table.columns if column.name in asked}
    if kind.id == "guides":
        questions = "\n".join(question.strip()[:200] for question in asked.getlist("question")[:20])
        cells |= {"usual_questions": questions} if questions else {}
        cells |= {"department_id": asked["department"][:100]} if asked.get("department") else {}
    return cells
