"""The demonstration policies say what seeds/README.md lists, and the validity traps agree with them. Real reader, no database."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from knowledge_base.adapters.parsers import default_parsers
from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.document_reader import read_document
from knowledge_base.models import DocumentRevision, ParsedDocument, ProvisionLevel, RawDocument, ValidityStatus
from knowledge_base.regions import RegionDirectory
from knowledge_base.validity import document_status
from tests.fakes.document_store import MemoryDocumentStore

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "knowledge_base" / "seeds"
TODAY = date(2026, 11, 22)
NEW_TO_OLD = {
    "sf-juzhuzheng-2024": ("sf-juzhuzheng-2016", date(2024, 3, 1)),
    "sf-gjj-daikuan-2025": ("sf-gjj-daikuan-2019", date(2025, 7, 1)),
    "sf-chuangye-daikuan-2026": ("sf-chuangye-daikuan-2020", date(2026, 10, 1)),
    "sf-yangquan-2027": ("sf-yangquan-2018", date(2027, 1, 1)),
}
FIRST_DAY_WITHOUT_FORCE = {
    "sf-goufang-butie-2023": date(2025, 5, 1),
    "sf-md-dianti-2024": date(2029, 7, 1),
    "sf-ah-dianti-2024": date(2029, 10, 1),
    "sf-yx-minsu-2025": date(2028, 4, 1),
    "sf-zx-zufang-2025": date(2028, 7, 10),
    "sf-gaoling-2024": date(2029, 4, 1),
    "sf-luohu-2023": date(2028, 6, 1),
    "sf-ruxue-2026": date(2027, 4, 1),
    "sf-changhuxian-2027": date(2032, 7, 1),
}
NUMBERS = {
    "sf-juzhuzheng-2024": "第52号令",
    "sf-gjj-daikuan-2025": "示公积金规〔2025〕1号",
    "sf-rencai-2025": "示政规〔2025〕2号",
    "sf-12345-2025": "示政办规〔2025〕3号",
    "sf-md-dianti-2024": "明政规〔2024〕3号",
    "sf-shenfenzheng-2024": "示公规〔2024〕2号",
    "sf-tingche-2024": "示发改规〔2024〕2号",
    "sf-dibao-2023": "示政规〔2023〕7号",
}
ARTICLES = {"sf-juzhuzheng-2024": 43, "sf-gjj-daikuan-2025": 42, "sf-gongzufang-2023": 42, "sf-wuye-2024": 43, "sf-dibao-2023": 33}
SUBJECTS = [
    "户籍",
    "居住证",
    "身份证",
    "社保",
    "医保",
    "公积金",
    "住房",
    "公租房",
    "保障房",
    "购房补贴",
    "不动产",
    "婚姻",
    "生育",
    "生育津贴",
    "入学",
    "就业",
    "创业",
    "车驾管",
    "电动自行车",
    "停车",
    "养老",
    "高龄津贴",
    "残疾",
    "低保",
    "环保投诉",
    "噪声",
    "市场监管",
    "食品摊贩",
    "物业",
    "养犬",
    "垃圾分类",
    "热线",
    "人才引进",
]


@dataclass(frozen=True)
class PolicyBase:
    """Everything in demo/policies, read and published into a catalogue in memory."""

    read: Mapping[str, ParsedDocument]
    store: MemoryDocumentStore
    regions: RegionDirectory

    def history(self, document_id: str) -> tuple[DocumentRevision, ...]:
        return self.store.revisions(document_id)

    def status(self, document_id: str, day: date) -> ValidityStatus:
        return document_status(self.history(document_id), day)

    def with_status(self, status: ValidityStatus, day: date = TODAY) -> set[str]:
        return {document_id for document_id in self.read if self.status(document_id, day) is status}

    def binds(self, document_id: str, region: str, day: date) -> bool:
        in_region = self.read[document_id].metadata.jurisdiction in self.regions.lineage(region)
        return in_region and self.status(document_id, day) is ValidityStatus.IN_FORCE


@pytest.fixture(scope="module")
def base() -> PolicyBase:
    regions = RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")
    parser = next(parser for parser in default_parsers() if ".md" in parser.suffixes)
    store = MemoryDocumentStore()
    catalog = DocumentCatalog(store, lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))
    read: dict[str, ParsedDocument] = {}
    for path in sorted((SEEDS / "demo" / "policies").glob("*.md")):
        (text,) = parser.parse(RawDocument(path.name, path.read_bytes(), str(path)))
        document = read_document(text, regions)
        read[document.document_id] = document
        catalog.publish(document, "测试", "导入演示文件")
    return PolicyBase(read, store, regions)


def traps() -> list[dict[str, object]]:
    lines = (ROOT / "evaluation" / "golden" / "validity_traps.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_every_file_is_one_document_named_like_its_file(base: PolicyBase) -> None:
    assert set(base.read) == {path.stem for path in (SEEDS / "demo" / "policies").glob("*.md")}
    assert len(base.read) >= 28


def test_every_document_is_marked_as_demonstration_in_metadata_and_in_the_first_line(base: PolicyBase) -> None:
    for document in base.read.values():
        assert document.metadata.is_demonstration, document.document_id
        assert document.text.startswith("（演示文件，"), document.document_id


def test_every_document_is_between_800_and_4000_characters(base: PolicyBase) -> None:
    lengths = {key: len(re.sub(r"\s", "", document.text)) for key, document in base.read.items()}
    assert {key: length for key, length in lengths.items() if not 800 <= length <= 4000} == {}


def test_the_subjects_citizens_ask_most_are_all_covered(base: PolicyBase) -> None:
    covered = {topic for document in base.read.values() for topic in document.metadata.topics}
    assert set(SUBJECTS) <= covered


def test_every_document_is_read_with_number_authority_dates_and_without_warnings(base: PolicyBase) -> None:
    for key, document in base.read.items():
        metadata = document.metadata
        assert metadata.document_number, key
        assert metadata.issuing_authorities, key
        assert metadata.signed_on or metadata.published_on, key
        assert metadata.effective_on, key
        assert not metadata.effective_on_inferred, key
        assert document.warnings == (), key


def test_document_numbers_come_from_the_text_in_normal_form_and_are_all_different(base: PolicyBase) -> None:
    numbers = {key: document.metadata.document_number for key, document in base.read.items()}
    assert {key: numbers[key] for key in NUMBERS} == NUMBERS
    assert len(set(numbers.values())) == len(numbers)


def test_joint_notices_name_every_issuing_authority(base: PolicyBase) -> None:
    authorities = set(base.read["sf-chuangye-daikuan-2026"].metadata.issuing_authorities)
    assert authorities == {"示范市人力资源和社会保障局", "示范市财政局"}


def test_outline_has_every_article_of_the_long_documents(base: PolicyBase) -> None:
    for key, expected in ARTICLES.items():
        nodes = [node for node in base.read[key].outline.walk() if node.level is ProvisionLevel.ARTICLE]
        assert len(nodes) == expected, key


def test_materials_for_the_residence_permit_can_be_cited_by_item(base: PolicyBase) -> None:
    document = base.read["sf-juzhuzheng-2024"]
    texts = {node.citation: node.text(document.text) for node in document.outline.walk()}
    assert "本人居民身份证原件" in texts["第十三条第一款第（一）项"]


def test_three_older_documents_are_replaced_and_nothing_else_is_repealed_today(base: PolicyBase) -> None:
    replaced = {old for old, day in NEW_TO_OLD.values() if day <= TODAY}
    assert len(replaced) == 3
    assert base.with_status(ValidityStatus.REPEALED) == replaced


@pytest.mark.parametrize("new", NEW_TO_OLD)
def test_the_newer_document_names_and_ends_the_older_on_its_own_first_day(base: PolicyBase, new: str) -> None:
    old, day = NEW_TO_OLD[new]
    before = date.fromordinal(day.toordinal() - 1)
    (notice,) = base.read[new].metadata.repeals
    assert (notice.title, notice.document_number) == (base.read[old].metadata.title, base.read[old].metadata.document_number)
    assert base.history(old)[-1].repealed_by == new
    assert (base.status(old, before), base.status(new, before)) == (ValidityStatus.IN_FORCE, ValidityStatus.NOT_YET_EFFECTIVE)
    assert (base.status(old, day), base.status(new, day)) == (ValidityStatus.REPEALED, ValidityStatus.IN_FORCE)


def test_no_other_document_claims_to_repeal_anything(base: PolicyBase) -> None:
    assert {key for key, document in base.read.items() if document.metadata.repeals} == set(NEW_TO_OLD)


def test_two_documents_are_not_yet_effective(base: PolicyBase) -> None:
    assert base.with_status(ValidityStatus.NOT_YET_EFFECTIVE) == {"sf-yangquan-2027", "sf-changhuxian-2027"}
    assert base.read["sf-changhuxian-2027"].metadata.effective_on == date(2027, 7, 1)


def test_one_document_has_lapsed_by_its_own_term(base: PolicyBase) -> None:
    assert base.with_status(ValidityStatus.LAPSED) == {"sf-goufang-butie-2023"}


@pytest.mark.parametrize("document_id", FIRST_DAY_WITHOUT_FORCE)
def test_a_term_of_validity_holds_through_its_last_day(base: PolicyBase, document_id: str) -> None:
    first_day_without = FIRST_DAY_WITHOUT_FORCE[document_id]
    assert base.read[document_id].metadata.expires_on == first_day_without
    assert base.status(document_id, date.fromordinal(first_day_without.toordinal() - 1)) is ValidityStatus.IN_FORCE
    assert base.status(document_id, first_day_without) is ValidityStatus.LAPSED


def test_each_district_has_one_document_of_its_own_and_the_province_one(base: PolicyBase) -> None:
    places = Counter(document.metadata.jurisdiction for document in base.read.values())
    city = places.pop("990100")
    assert places == {"990000": 1, "990102": 1, "990103": 1, "990104": 1, "990105": 1}
    assert city == len(base.read) - 5


def test_two_districts_pay_different_amounts_for_the_same_thing(base: PolicyBase) -> None:
    assert "每台给予一次性财政补贴25万元" in base.read["sf-md-dianti-2024"].text
    assert "六层及以上的每台补助18万元" in base.read["sf-ah-dianti-2024"].text


def test_the_conflicting_pair_is_in_force_and_the_order_of_government_is_the_higher(base: PolicyBase) -> None:
    higher, lower = base.read["sf-yanglao-2022"], base.read["sf-gaoling-2024"]
    assert base.status(higher.document_id, TODAY) is base.status(lower.document_id, TODAY) is ValidityStatus.IN_FORCE
    assert higher.metadata.document_number == "第47号令"
    assert lower.metadata.issuing_authorities == ("示范市民政局",)
    assert "80周岁至89周岁的，每人每月100元" in higher.text
    assert "80周岁至89周岁的，每人每月80元" in lower.text


def test_there_are_enough_traps_with_different_ids_over_every_kind() -> None:
    rows = traps()
    kinds = Counter(str(row["trap"]) for row in rows)
    assert len(rows) >= 70
    assert len({row["id"] for row in rows}) == len(rows)
    assert set(kinds) == {
        "repealed",
        "not_yet_effective",
        "lapsed",
        "other_district",
        "conflict",
        "boundary_before",
        "boundary_day",
        "inherit",
    }


@pytest.mark.parametrize("row", traps(), ids=lambda row: str(row["id"]))
def test_what_a_trap_forbids_does_not_bind_there_on_that_day_and_what_it_demands_does(base: PolicyBase, row: dict[str, object]) -> None:
    region, day = str(row["region"]), date.fromisoformat(str(row["as_of"]))
    forbidden, demanded = row["must_not_cite"], row["must_cite"]
    assert isinstance(forbidden, list)
    assert isinstance(demanded, list)
    assert [key for key in forbidden if base.binds(key, region, day)] == []
    assert [key for key in demanded if not base.binds(key, region, day)] == []
