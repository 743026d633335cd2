"""A draft as its review page shows it: what asks for attention, its neighbours, its changes against the revision before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.container import Container
from knowledge_base.intake.models import Draft, DraftState, EvidenceKind, MetadataEvidence, TextChange, TextChangeKind, UploadState

_UPLOADS_LOOKED_AT = 200
_DRAFTS_LOOKED_AT = 30
_LINES_AROUND = 1
_SETTLED_BY = {"施行日期": {"effective_on"}, "适用地区": {"jurisdiction", "issuing_authorities"}}


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest drafts that still wait, in the order of the list; "" for none."""

    previous_id: str
    next_id: str


def concerns(draft: Draft) -> tuple[str, ...]:
    """Why somebody should look at this draft by itself before it is published; empty where nothing is unusual."""
    about, found = draft.metadata, [words for words in draft.document.warnings if not _settled(words, draft)]
    if draft.read_by_machine and not draft.text_confirmed_by:
        found.append("文字由扫描件识别而来，还没有人与原件核对。")
    if about.effective_on is None and not any("施行日期" in words for words in found):
        found.append("没有施行日期。")
    if about.effective_on_inferred and not any("施行日期" in words for words in found):
        found.append("文件没有写明施行日期，现在的日期是推定的。")
    if not about.issuing_authorities and not any("发文机关" in words for words in found):
        found.append("没有发文机关。")
    return tuple(found)


def _settled(warning: str, draft: Draft) -> bool:
    """The reader was in doubt, and a person has said since what is right."""
    return any(words in warning and not fields.isdisjoint(draft.metadata.set_by_hand) for words, fields in _SETTLED_BY.items())


def evidence_by_field(evidence: Sequence[MetadataEvidence], text: str) -> dict[str, tuple[MetadataEvidence, str]]:
    """The last word on each field, with the sentence it stands in ("" where no place shows it)."""
    return {item.field: (item, _sentence(item, text)) for item in evidence}


def _sentence(item: MetadataEvidence, text: str) -> str:
    if item.start is None or item.end is None or item.kind is EvidenceKind.PERSON:
        return ""
    begin = max(text.rfind(mark, 0, item.start) for mark in "\n。；") + 1
    ends = [place for mark in "\n。；" if (place := text.find(mark, item.end)) >= 0]
    sentence = text[begin : min(ends) + 1 if ends else len(text)].strip()
    return sentence if len(sentence) <= 120 else text[item.start : item.end][:120]


def neighbours(container: Container, draft: Draft) -> Neighbours:
    """Looks a short way in both directions: a list of thousands is worked off from its ends."""
    uploads = container.intake.uploads(states=(UploadState.READ,), limit=_UPLOADS_LOOKED_AT)
    order = list(dict.fromkeys(draft_id for upload in uploads for draft_id in upload.draft_ids))
    if draft.id not in order:
        return Neighbours("", "")
    place = order.index(draft.id)
    before, after = order[max(0, place - _DRAFTS_LOOKED_AT) : place], order[place + 1 : place + 1 + _DRAFTS_LOOKED_AT]
    return Neighbours(_first_waiting(container, reversed(before)), _first_waiting(container, iter(after)))


def _first_waiting(container: Container, ids: Iterator[str]) -> str:
    return next((draft_id for draft_id in ids if container.intake.draft(draft_id).state is DraftState.WAITING), "")


@dataclass(frozen=True, slots=True)
class ChangedLines:
    """A stretch of the comparison; of what stayed only the lines next to a change are shown, `hidden` counts the others."""

    kind: TextChangeKind
    citation: str
    lines: tuple[str, ...]
    hidden: int = 0


def changed_lines(changes: Sequence[TextChange]) -> list[ChangedLines]:
    found: list[ChangedLines] = []
    for place, change in enumerate(changes):
        lines = [line for line in change.text.splitlines() if line.strip()]
        if change.kind is not TextChangeKind.SAME:
            found.append(ChangedLines(change.kind, change.citation, tuple(lines)))
            continue
        head = lines[:_LINES_AROUND] if place else []
        tail = lines[len(lines) - _LINES_AROUND :] if place + 1 < len(changes) and len(lines) > len(head) else []
        hidden = len(lines) - len(head) - len(tail)
        if hidden <= 0:
            found.append(ChangedLines(change.kind, change.citation, tuple(lines)))
            continue
        found += [ChangedLines(change.kind, change.citation, tuple(head))] if head else []
        found.append(ChangedLines(change.kind, "", (), hidden))
        found += [ChangedLines(change.kind, change.citation, tuple(tail))] if tail else []
    return found
