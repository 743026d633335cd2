"""From parsed text to a document ready for the catalogue: outline, metadata, id, and warnings where something had to be assumed."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from hashlib import blake2b

from knowledge_base.metadata_extractor import MetadataEvidence, read_metadata
from knowledge_base.models import DocumentMetadata, ParsedDocument, ParsedText
from knowledge_base.outline_parser import parse_outline
from knowledge_base.regions import RegionDirectory


def read_document(parsed: ParsedText, regions: RegionDirectory) -> ParsedDocument:
    """Raises UnreadableDocument where a stated date or region makes no sense."""
    return read_with_evidence(parsed, regions)[0]


def read_with_evidence(parsed: ParsedText, regions: RegionDirectory) -> tuple[ParsedDocument, tuple[MetadataEvidence, ...]]:
    """As read_document, with the words of the text that the metadata rests on."""
    metadata, evidence = read_metadata(parsed.text, regions, parsed.title, parsed.hints)
    metadata = replace(metadata, read_by_machine=parsed.read_by_machine)
    identity = parsed.document_id or parsed.hints.get("id") or document_id_for(metadata.title, metadata.document_number)
    fields = {item.field for item in evidence} | set(parsed.hints)
    warnings = (*parsed.warnings, *_warnings(parsed, metadata, fields))
    return ParsedDocument(identity, parsed.text, parse_outline(parsed.text), metadata, warnings), evidence


def document_id_for(title: str, document_number: str | None) -> str:
    """ "d-" and 12 hexadecimal digits: the same title and 文号 always give the same id."""
    plain = "".join(unicodedata.normalize("NFKC", title).split())
    return "d-" + blake2b(f"{plain}\n{document_number or ''}".encode(), digest_size=6).hexdigest()


def _warnings(parsed: ParsedText, metadata: DocumentMetadata, fields: set[str]) -> list[str]:
    found: list[str] = []
    if not parsed.text.strip():
        found.append("正文是空的，请检查原文件。")
    if not metadata.issuing_authorities and "jurisdiction" not in fields:
        found.append("没有识别出发文机关，适用地区按标题判断；请核对适用地区。")
    if metadata.effective_on is None:
        found.append("没有找到施行、公布或成文日期，请补填施行日期。")
    elif metadata.effective_on_inferred:
        found.append(f"没有写明施行日期，暂按{metadata.effective_on.isoformat()}计算，请核对。")
    return found
