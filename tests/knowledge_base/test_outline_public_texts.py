"""The outline of 3,474 real laws, of policy documents and of the ID-card rules."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.models import ProvisionLevel
from knowledge_base.outline_parser import parse_outline
from tests.knowledge_base.test_outline_properties import assert_sound

pytestmark = pytest.mark.public_data

# `article_count` counts lines that begin with 第…条. Every law of the whole set where the parser counts otherwise, and why:
EXPLAINED = {
    "law_00872": (77, 78, "第七十五 条: a space inside the number hides one line from the plain count"),
    "law_01593": (35, 36, "第三十五 条: the same"),
    "law_01833": (27, 28, "第十五 条: the same"),
    "law_02326": (651, 655, "第一百二十四 条, 第二百七十一 条, 第三百七十二 条, 第四百一十四 条: the same, four times"),
    "law_03423": (12, 124, "chapters printed as one line each: the plain count sees the first article of each of 12 chapters only"),
    "law_03435": (307, 308, "第一百二十八 条: a space inside the number"),
}


def lines_of(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def laws(public_data: Path) -> list[dict[str, Any]]:
    return lines_of(public_data / "laws" / "docs.jsonl.gz")


def count_articles(text: str) -> int:
    return sum(node.level is ProvisionLevel.ARTICLE for node in parse_outline(text).walk())


def test_no_law_loses_a_character_and_every_difference_in_articles_is_explained(laws: list[dict[str, Any]]) -> None:
    differing = {}
    for law in laws:
        outline = parse_outline(law["text"])
        assert_sound(law["text"], outline)
        found = sum(node.level is ProvisionLevel.ARTICLE for node in outline.walk())
        if found != law["metadata"]["article_count"]:
            differing[law["_id"]] = (law["metadata"]["article_count"], found)
    assert differing == {law_id: (plain, found) for law_id, (plain, found, _) in EXPLAINED.items()}


def test_article_counts_of_a_sample_of_200_agree(laws: list[dict[str, Any]]) -> None:
    sample = random.Random(20240601).sample(laws, 200)  # noqa: S311 - a reproducible sample, nothing secret
    differing = {law["_id"] for law in sample if count_articles(law["text"]) != law["metadata"]["article_count"]}
    assert differing <= set(EXPLAINED)


def test_the_last_article_of_the_civil_code_is_found(laws: list[dict[str, Any]]) -> None:
    holders = [law for law in laws if "\n第一千二百六十条" in law["text"]]
    assert holders
    for law in holders:
        node = next(node for node in parse_outline(law["text"]).walk() if node.path == "第一千二百六十条")
        assert "2021年1月1日起施行" in node.text(law["text"])


def test_policy_documents_lose_no_character(public_data: Path) -> None:
    documents = lines_of(public_data / "gov_policies" / "docs.jsonl.gz")
    for document in documents:
        assert_sound(document["text"], parse_outline(document["text"]))


def test_every_central_policy_document_has_its_signature_apart(public_data: Path) -> None:
    documents = [d for d in lines_of(public_data / "gov_policies" / "docs.jsonl.gz") if d["metadata"].get("doc_no")]
    signed = [d for d in documents if any(node.path.endswith("落款") for node in parse_outline(d["text"]).walk())]
    assert len(signed) == len(documents) == 60


def test_the_manual_of_id_card_rules_is_outlined_down_to_its_steps(public_data: Path) -> None:
    (path,) = (p for p in (public_data / "idcard_rules").glob("*.txt") if "操作规范" in p.name)
    text = path.read_bytes().decode("utf-8")
    outline = parse_outline(text)
    assert_sound(text, outline)
    found = {node.path: node for node in outline.walk()}
    assert found["附件/一、/（一）/1./（1）"].title == "办理条件"
    assert found["附件/一、/（二）/1.1.1"].title == "随父落户"
    assert [p for p in found if p.count("/") == 1 and p.endswith("、")] == ["附件/一、", "附件/二、", "附件/三、", "附件/四、", "附件/五、"]
