"""Entries of a file, as the readers give them, into versions: from set-up and from the command line."""

from __future__ import annotations

from collections.abc import Iterable

from api.content.parts import Content
from knowledge_base.content.entry_values import row_of
from knowledge_base.content.models import Author, ContentVersion
from knowledge_base.models import Department, ServiceGuide


def take_entries(
    content: Content, kind: str, entries: Iterable[ServiceGuide | Department], author: Author, *, shipped: bool = False
) -> ContentVersion | None:
    """Of a kind whose entries are named by id; None where all stand already. With `shipped` people's own changes stay as they are.

    The readers have judged the entries: a file of guides may name departments that come later. Raises StoreUnavailable.
    """
    rows = {entry.id: content.desk.settled(kind, row_of(entry)) for entry in entries}
    return content.desk.take(kind, rows, author, shipped=shipped, checked=False)
