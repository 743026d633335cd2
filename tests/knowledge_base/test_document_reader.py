"""From parsed text to a document: id, outline, warnings."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base.document_reader import document_id_for, read_document
from knowledge_base.models import ParsedText, ProvisionLevel
from knowledge_base.regions import RegionDirectory

SEEDS = Path(__file__).parents[2] / "knowledge_base" / "seeds"
TEXT = "示范市居住证管理办法\n示政发〔2024〕12号\n第一条 甲。\n第二条 本办法自2024年3月1日起施行。\n示范市人民政府\n2024年2月1日\n"


@pytest.fixture(scope="module")
def regions() -> RegionDirectory:
    return RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")


def test_text_outline_and_metadata_belong_together(regions: RegionDirectory) -> None:
    document = read_document(ParsedText(TEXT), regions)
    assert document.text == TEXT
    assert document.metadata.title == "示范市居住证管理办法"
    assert [n.path for n in document.outline.walk() if n.level is ProvisionLevel.ARTICLE] == ["第一条", "第二条"]
    assert document.warnings == ()


def test_the_id_a_file_gives_is_kept(regions: RegionDirectory) -> None:
    assert read_document(ParsedText(TEXT, document_id="law_1"), regions).document_id == "law_1"
    assert read_document(ParsedText(TEXT, hints={"id": "sf-1"}), regions).document_id == "sf-1"


def test_without_an_id_title_and_number_make_one(regions: RegionDirectory) -> None:
    identity = read_document(ParsedText(TEXT), regions).document_id
    assert identity == document_id_for("示范市居住证管理办法", "示政发〔2024〕12号")
    assert len(identity) == len("d-") + 12


def test_the_id_does_not_depend_on_spaces_or_widths_in_the_title() -> None:
    assert document_id_for("示范市 办法（２０２４）", None) == document_id_for("示范市办法(2024)", None)
    assert document_id_for("甲办法", "示政发〔2024〕1号") != document_id_for("甲办法", "示政发〔2024〕2号")


def test_what_had_to_be_assumed_is_said(regions: RegionDirectory) -> None:
    document = read_document(ParsedText("随手写的一段话。", warnings=("图片未读。",)), regions)
    assert document.warnings[0] == "图片未读。"
    assert any("适用地区" in warning for warning in document.warnings)
    assert any("施行日期" in warning for warning in document.warnings)


def test_an_inferred_effective_day_is_pointed_out(regions: RegionDirectory) -> None:
    text = "示范市民政局关于低保的通知\n一、甲。\n二、乙。\n示范市民政局\n2024年5月6日\n"
    (warning,) = read_document(ParsedText(text), regions).warnings
    assert "2024-05-06" in warning
