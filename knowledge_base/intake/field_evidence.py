"""Why each field of a draft has its value: a place in the text, the file itself, an inference, a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from knowledge_base import metadata_extractor
from knowledge_base.intake.models import EvidenceKind, MetadataEvidence
from knowledge_base.models import DocumentMetadata, ParsedText

_NO_EVIDENCE = frozenset({"effective_on_inferred", "read_by_machine", "set_by_hand", "is_demonstration", "release_on"})
EVIDENCED_FIELDS = tuple(field.name for field in fields(DocumentMetadata) if field.name not in _NO_EVIDENCE)
_KEPT = "沿用以前由人工更正的内容"
_NOTES = {
    "title": "取自文件名或文件属性",
    "document_number": "取自标题",
    "issuing_authorities": "取自标题",
    "jurisdiction": "没有写明适用地区，按发文机关和标题判断",
    "published_on": "没有写明公布日期，文中说“现予公布”，按成文日期计算",
    "effective_on": "没有写明施行日期，按公布或成文日期推断，请核对",
    "expires_on": "按施行日期和有效期推算",
}
_ELSEWHERE = "正文中没有直接写明，请核对"


def evidence_for(
    parsed: ParsedText, metadata: DocumentMetadata, found: Iterable[metadata_extractor.MetadataEvidence]
) -> tuple[MetadataEvidence, ...]:
    """One entry or more per filled field, in the order of the fields. `found` as read_metadata gives it."""
    places: dict[str, list[metadata_extractor.MetadataEvidence]] = {}
    for item in found:
        places.setdefault(item.field, []).append(item)
    return tuple(
        evidence
        for field in EVIDENCED_FIELDS
        if getattr(metadata, field)
        for evidence in _of_field(field, parsed, metadata, places.get(field, []))
    )


def by_person(
    evidence: Iterable[MetadataEvidence], changed: Iterable[str], metadata: DocumentMetadata, note: str
) -> tuple[MetadataEvidence, ...]:
    """With `changed` fields resting on a person; fields without a value need no evidence."""
    touched = set(changed) & set(EVIDENCED_FIELDS)
    kept = {field: [item for item in evidence if item.field == field] for field in EVIDENCED_FIELDS}
    for field in touched:
        kept[field] = [MetadataEvidence(field, EvidenceKind.PERSON, note=note)] if getattr(metadata, field) else []
    return tuple(item for field in EVIDENCED_FIELDS for item in kept[field])


def kept_from_before(evidence: Iterable[MetadataEvidence], metadata: DocumentMetadata) -> tuple[MetadataEvidence, ...]:
    """Fields that a person had corrected in the document before."""
    return by_person(evidence, metadata.set_by_hand, metadata, _KEPT)


def _of_field(
    field: str, parsed: ParsedText, metadata: DocumentMetadata, places: list[metadata_extractor.MetadataEvidence]
) -> list[MetadataEvidence]:
    if field in parsed.hints:
        return [MetadataEvidence(field, EvidenceKind.FILE, note="文件自带的信息")]
    inferred = field == "effective_on" and metadata.effective_on_inferred
    if places:
        kind, note = (EvidenceKind.INFERRED, "由这句话推算，请核对") if inferred else (EvidenceKind.TEXT, "")
        return [MetadataEvidence(field, kind, item.start, item.end, note) for item in places]
    return [MetadataEvidence(field, EvidenceKind.INFERRED, note=_NOTES.get(field, _ELSEWHERE))]
