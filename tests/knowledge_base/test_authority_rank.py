"""上位法优先: which document prevails."""

from __future__ import annotations

import pytest

from knowledge_base.authority_rank import AuthorityRank, authority_rank
from knowledge_base.models import DocumentMetadata


@pytest.mark.parametrize(
    ("authority", "number", "rank"),
    [
        ("全国人民代表大会常务委员会", "中华人民共和国主席令第73号", AuthorityRank.LAW),
        ("国务院", "国务院令第663号", AuthorityRank.ADMINISTRATIVE_REGULATION),
        ("示范省人民代表大会常务委员会", "公告第47号", AuthorityRank.LOCAL_REGULATION),
        ("示范市人民政府", "第47号令", AuthorityRank.RULES),
        ("示范市人民政府", "示政规〔2023〕8号", AuthorityRank.GOVERNMENT_DOCUMENT),
        ("示范市人民政府办公室", "示政办发〔2025〕3号", AuthorityRank.GOVERNMENT_DOCUMENT),
        ("示范市民政局", "示民发〔2024〕6号", AuthorityRank.DEPARTMENT_DOCUMENT),
        ("", None, AuthorityRank.DEPARTMENT_DOCUMENT),
    ],
)
def test_rank_follows_from_who_made_it_and_its_number(authority: str, number: str | None, rank: AuthorityRank) -> None:
    authorities = (authority,) if authority else ()
    assert authority_rank(DocumentMetadata("测试", document_number=number, issuing_authorities=authorities)) is rank
