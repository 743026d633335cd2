"""What the console does with an entry, and how it is noted in the audit trail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request

from api.access.models import Account
from api.container import Container
from api.dependencies import UsedContainer
from api.pages.admin.console import note_act
from api.pages.admin.content_view import CELL, before_and_after
from knowledge_base.content.errors import FaultyEntry, UnknownEntry
from knowledge_base.content.models import Author, ContentKind, EntryFault, Row

DRAFT = "draft"
_LONGEST = 20_000
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class ContentForm:
    """`key` "" for a new entry; `action` DRAFT where it shall not be live yet."""

    key: str
    based_on: int
    reason: str
    action: str
    cells: Mapping[str, str]


def _used_kind(request: Request, container: UsedContainer) -> ContentKind:
    """The addresses of all kinds are alike: /admin/<kind>/…"""
    return container.content.desk.kind(request.url.path.split("/")[2])


UsedKind = Annotated[ContentKind, Depends(_used_kind)]


def base_of(kind: ContentKind) -> str:
    return f"/admin/{kind.id}"


async def content_form(request: Request) -> ContentForm:
    form = await request.form()
    texts = {name: value[:_LONGEST] for name, value in form.items() if isinstance(value, str)}
    cells = {name.removeprefix(CELL): value.replace("\r\n", "\n") for name, value in texts.items() if name.startswith(CELL)}
    number = texts.get("based_on", "0")
    based_on = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    return ContentForm(texts.get("key", "")[:300], based_on, texts.get("reason", "").strip()[:500], texts.get("action", ""), cells)


def save_entry(request: Request, container: Container, by: Account, kind: ContentKind, form: ContentForm) -> tuple[str, str]:
    """(key, what was done in one sentence). Raises what `ContentDesk.save` raises."""
    desk, before = container.content.desk, _present(container, kind, form.key)
    cells = dict(form.cells)
    if kind.id == "guides" and not cells.get("id", "").strip() and not form.key:
        cells["id"] = _free_id(container, kind)
    new, author = desk.settled(kind.id, cells), Author(by.name, form.reason)
    as_draft = form.action == DRAFT and kind.table.drafts
    change = (desk.save_draft if as_draft else desk.save)(kind.id, form.key, new, author, based_on=form.based_on)
    key = kind.table.key_of(new)
    old, now = before_and_after(kind, before, new)
    subject = f"{kind.table.label} {key}"
    if as_draft:
        note_act(request, container, by, "content_drafted", subject, reason=form.reason, before=old, after=now)
        return key, "已存为草稿，还没有给市民看。核对后点“发布”。"
    note_act(request, container, by, "content_saved", subject, reason=form.reason, before=old, after=now)
    word = "已发布" if kind.table.drafts else "已保存"
    return key, f"{word}，为第{change.number}版。" + (refresh_where_needed(container, kind) or "各服务进程会在一秒内换用。")


def take_away(request: Request, container: Container, by: Account, kind: ContentKind, form: ContentForm) -> str:
    """What was done in one sentence. Raises what `ContentDesk.remove` raises; FaultyEntry without a reason."""
    if not form.reason:
        raise FaultyEntry([EntryFault(form.key, "reason", "请写明删除的原因。")])
    desk, before = container.content.desk, container.content.desk.entry(kind.id, form.key)
    desk.remove(kind.id, form.key, Author(by.name, form.reason), based_on=form.based_on)
    old, _ = before_and_after(kind, before.row, None)
    note_act(request, container, by, "content_removed", f"{kind.table.label} {form.key}", reason=form.reason, before=old)
    title = before.row.get(kind.table.title, form.key)
    return f"已删除“{title}”，可以在历史里恢复。" + refresh_where_needed(container, kind)


def refresh_where_needed(container: Container, kind: ContentKind) -> str:
    """Asks for an index run where the kind needs one; what to tell about it."""
    if not kind.table.indexed:
        return ""
    container.work.submit("refresh_index")
    return "索引正在后台更新，完成后生效。"


def entry_address(kind_id: str, key: str) -> str:
    return f"/admin/{kind_id}/entry?{urlencode({'key': key})}"


def _present(container: Container, kind: ContentKind, key: str) -> Row | None:
    try:
        return container.content.desk.entry(kind.id, key).row if key else None
    except UnknownEntry:
        return None


def _free_id(container: Container, kind: ContentKind) -> str:
    """For a guide that nobody has named: the day and a number."""
    taken, day = {entry.key for entry in container.content.desk.entries(kind.id)}, f"{container.today():%Y%m%d}"
    return next(name for number in range(1, len(taken) + 2) if (name := f"guide-{day}-{number}") not in taken)
