"""What a person has stated of a document goes before what its file says again. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from knowledge_base.change_rules import is_later
from knowledge_base.models import DocumentMetadata, DocumentRevision, ParsedDocument

TEXT = "text"
_NOT_STATED = frozenset({"set_by_hand", "repeals"})
# A date that a person gives is no longer inferred.
_TOGETHER = {"effective_on": ("effective_on", "effective_on_inferred")}


def stated_by_hand(before: ParsedDocument | DocumentRevision, after: ParsedDocument) -> ParsedDocument:
    """`after`, a person's version of `before`, with the note of all that differs."""
    was, now = before.metadata, after.metadata
    changed = {f.name for f in fields(now) if f.name not in _NOT_STATED and getattr(was, f.name) != getattr(now, f.name)}
    if before.text != after.text:
        changed.add(TEXT)
    named = sorted({*was.set_by_hand, *(name for field in changed for name in _TOGETHER.get(field, (field,)))})
    return replace(after, metadata=replace(now, set_by_hand=tuple(named)))


def with_corrections_kept(document: ParsedDocument, history: Sequence[DocumentRevision]) -> ParsedDocument:
    """What a file says of a known document, with all that people have set for the present edition.

    Another text that takes effect on a later day, one not seen yet, is an amendment and speaks for itself.
    """
    latest = history[-1]
    by_hand = latest.metadata.set_by_hand
    present = [revision for revision in history if revision.edition == latest.edition]
    known_text = any(document.text == revision.text for revision in present)
    if not by_hand or (not known_text and _is_new_day(document.metadata, present)):
        return document
    kept = document
    if known_text and TEXT in by_hand:
        metadata = replace(document.metadata, repeals=latest.metadata.repeals)
        kept = replace(document, text=latest.text, outline=latest.outline, metadata=metadata)
    values: dict[str, Any] = {name: getattr(latest.metadata, name) for name in by_hand if name != TEXT}
    return replace(kept, metadata=replace(kept.metadata, **values, set_by_hand=by_hand))


def _is_new_day(metadata: DocumentMetadata, present: Sequence[DocumentRevision]) -> bool:
    seen = {revision.metadata.effective_on for revision in present}
    return metadata.effective_on not in seen and is_later(metadata.effective_on, present[-1].metadata.effective_on)
