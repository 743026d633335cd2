"""Which of two documents prevails by the rank of who made it (上位法优先). Knows nothing of their content."""

from __future__ import annotations

from enum import IntEnum

from knowledge_base.models import DocumentMetadata


class AuthorityRank(IntEnum):
    """Lower prevails. Order of 立法法 (2023) 第九十八条至第一百零三条; normative documents rank below rules by the maker's own rank."""

    LAW = 1
    ADMINISTRATIVE_REGULATION = 2
    LOCAL_REGULATION = 3
    RULES = 4
    GOVERNMENT_DOCUMENT = 5
    DEPARTMENT_DOCUMENT = 6


def authority_rank(metadata: DocumentMetadata) -> AuthorityRank:
    """Judged from 发文机关 and 文号; what neither tells counts as a department's document."""
    makers, number = "、".join(metadata.issuing_authorities), metadata.document_number or ""
    if "主席令" in number or makers.startswith(("全国人民代表大会", "中华人民共和国全国人民代表大会")):
        return AuthorityRank.LAW
    if "国务院令" in number:
        return AuthorityRank.ADMINISTRATIVE_REGULATION
    if "人民代表大会" in makers:
        return AuthorityRank.LOCAL_REGULATION
    if number.endswith("令"):
        return AuthorityRank.RULES
    if makers.endswith(("人民政府", "人民政府办公厅", "人民政府办公室")) or "国务院" in makers:
        return AuthorityRank.GOVERNMENT_DOCUMENT
    return AuthorityRank.DEPARTMENT_DOCUMENT
