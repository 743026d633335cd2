"""What a document says of itself."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge_base.errors import UnreadableDocument
from knowledge_base.metadata_extractor import extract_metadata, read_metadata
from knowledge_base.models import NATION_CODE, DocumentMetadata
from knowledge_base.regions import RegionDirectory
from knowledge_base.repeal_sentences import find_repeals

SEEDS = Path(__file__).parents[2] / "knowledge_base" / "seeds"


@pytest.fixture(scope="module")
def regions() -> RegionDirectory:
    return RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")


NOTICE = """示范市人民政府办公室关于印发
居住证管理办法的通知

示政办发〔2024〕12号

各区人民政府：

《示范市居住证管理办法》已经市政府同意，现印发给你们，请认真执行。

示范市人民政府办公室
2024年2月5日

示范市居住证管理办法

第一条 为了便民，根据《居住证暂行条例》（国务院令第663号），制定本办法。

第二条 本办法自2024年3月1日起施行，有效期5年。《示范市暂住证管理规定》（示政发〔2010〕3号）同时废止。
"""


def test_a_notice_gives_everything_it_states(regions: RegionDirectory) -> None:
    metadata = extract_metadata(NOTICE, regions)
    assert metadata.title == "示范市人民政府办公室关于印发居住证管理办法的通知"
    assert metadata.document_number == "示政办发〔2024〕12号"
    assert metadata.issuing_authorities == ("示范市人民政府办公室",)
    assert metadata.jurisdiction == "990100"
    assert metadata.signed_on == date(2024, 2, 5)
    assert (metadata.effective_on, metadata.effective_on_inferred) == (date(2024, 3, 1), False)
    assert metadata.expires_on == date(2029, 3, 1)
    assert [(r.title, r.document_number) for r in metadata.repeals] == [("示范市暂住证管理规定", "示政发〔2010〕3号")]


def test_every_value_found_points_at_its_words(regions: RegionDirectory) -> None:
    _, evidence = read_metadata(NOTICE, regions)
    words = {item.field: NOTICE[item.start : item.end] for item in evidence}
    assert words["document_number"] == "示政办发〔2024〕12号"
    assert words["signed_on"] == "2024年2月5日"
    assert words["effective_on"] == "自2024年3月1日起施行"
    assert words["expires_on"] == "有效期5年"


def test_a_title_broken_over_lines_and_a_repeal_have_their_place_too(regions: RegionDirectory) -> None:
    places = {item.field: NOTICE[item.start : item.end] for item in read_metadata(NOTICE, regions)[1]}
    assert places["title"] == "示范市人民政府办公室关于印发\n居住证管理办法的通知"
    assert places["repeals"] == "《示范市暂住证管理规定》（示政发〔2010〕3号）同时废止。"
    assert places["jurisdiction"] == places["issuing_authorities"]


@pytest.mark.parametrize("words", ["现予公布", "现将修订后的《示范市养犬条例》公布"])
def test_an_order_that_publishes_is_published_on_the_day_of_its_signature(regions: RegionDirectory, words: str) -> None:
    text = f"示范市人民政府令\n第12号\n《示范市养犬条例》已经修订，{words}，自2024年5月1日起施行。\n市长 某某\n2024年3月2日\n第一条 甲。\n"
    metadata, evidence = read_metadata(text, regions)
    assert metadata.published_on == date(2024, 3, 2)
    assert words in next(text[item.start : item.end] for item in evidence if item.field == "published_on")


def test_the_span_of_a_repeal_is_its_sentence() -> None:
    (notice,) = find_repeals(NOTICE)
    assert NOTICE[notice.start : notice.end] == "《示范市暂住证管理规定》（示政发〔2010〕3号）同时废止。"


def test_hints_win_over_the_text(regions: RegionDirectory) -> None:
    hints = {
        "title": "甲办法",
        "document_number": "示政发[2023]第９号",
        "issuing_authorities": "示范市公安局、示范市民政局",
        "jurisdiction": "明德区",
        "signed_on": "2023-01-02",
        "published_on": "2023-01-03",
        "effective_on": "2023-02-01",
        "expires_on": "2026-02-01",
        "topics": "居住证、户籍",
        "source_url": "https://www.shifan.example/1",
        "is_demonstration": "true",
    }
    metadata = extract_metadata(NOTICE, regions, "别的标题", hints)
    assert metadata == DocumentMetadata(
        title="甲办法",
        document_number="示政发〔2023〕9号",
        issuing_authorities=("示范市公安局", "示范市民政局"),
        jurisdiction="990102",
        signed_on=date(2023, 1, 2),
        published_on=date(2023, 1, 3),
        effective_on=date(2023, 2, 1),
        expires_on=date(2026, 2, 1),
        repeals=metadata.repeals,
        topics=("居住证", "户籍"),
        source_url="https://www.shifan.example/1",
        is_demonstration=True,
    )


@pytest.mark.parametrize(("field", "value"), [("effective_on", "明年春天"), ("jurisdiction", "月球")])
def test_a_hint_that_makes_no_sense_is_refused_in_words(regions: RegionDirectory, field: str, value: str) -> None:
    with pytest.raises(UnreadableDocument, match=value):
        extract_metadata(NOTICE, regions, hints={field: value})


def test_without_an_effective_day_the_publication_day_stands_in(regions: RegionDirectory) -> None:
    text = "示范市民政局关于低保的通知\n一、提高标准。\n二、抓好落实。\n示范市民政局\n2024年5月6日\n"
    metadata = extract_metadata(text, regions)
    assert (metadata.effective_on, metadata.effective_on_inferred) == (date(2024, 5, 6), True)


def test_without_any_date_nothing_is_invented(regions: RegionDirectory) -> None:
    metadata = extract_metadata("第一条 甲。\n第二条 本办法自公布之日起施行。\n", regions, "示范办法")
    assert (metadata.effective_on, metadata.effective_on_inferred, metadata.expires_on) == (None, False, None)


def test_days_after_publication_are_counted(regions: RegionDirectory) -> None:
    text = "示范市公安局令\n第5号\n现予公布，自发布之日起30日后施行。\n局长 某某\n2024年1月1日\n户籍规定\n第一条 甲。\n"
    metadata = extract_metadata(text, regions)
    assert metadata.document_number == "第5号令"
    assert metadata.issuing_authorities == ("示范市公安局",)
    assert (metadata.published_on, metadata.effective_on) == (date(2024, 1, 1), date(2024, 1, 31))
    assert not metadata.effective_on_inferred


def test_joint_authorities_are_all_named(regions: RegionDirectory) -> None:
    text = "关于做好社保工作的通知\n一、甲。\n二、乙。\n示范省财政厅 示范省人力资源和社会保障厅\n二〇二四年三月十五日\n"
    metadata = extract_metadata(text, regions)
    assert metadata.issuing_authorities == ("示范省财政厅", "示范省人力资源和社会保障厅")
    assert (metadata.jurisdiction, metadata.signed_on) == ("990000", date(2024, 3, 15))


def test_a_regional_law_is_its_regions_with_its_history(regions: RegionDirectory) -> None:
    text = (
        "# 上海口岸服务条例\n\n2011年11月17日 上海市第十三届人民代表大会常务委员会第三十次会议通过\n\n"
        "2020年5月14日 上海市第十五届人民代表大会常务委员会第二十一次会议《关于修改本市部分地方性法规的决定》第一次修正\n\n"
        "第一条 为了规范口岸开放，制定本条例。\n\n第二条 本条例自2012年3月1日起施行。\n"
    )
    metadata = extract_metadata(text, regions)
    assert metadata.issuing_authorities == ("上海市人民代表大会常务委员会",)
    assert metadata.jurisdiction == "310000"
    # The text as it reads today cannot bind before it was amended.
    assert (metadata.effective_on, metadata.effective_on_inferred) == (date(2020, 5, 14), True)


def test_a_national_law_about_a_region_holds_in_the_nation(regions: RegionDirectory) -> None:
    text = "2021年6月10日 第十三届全国人民代表大会常务委员会第二十九次会议通过\n第一条 甲。\n第二条 本法自公布之日起施行。\n"
    metadata = extract_metadata(text, regions, "中华人民共和国海南自由贸易港法")
    assert metadata.jurisdiction == NATION_CODE
    assert metadata.issuing_authorities == ("全国人民代表大会常务委员会",)


def test_a_cited_number_is_not_the_documents_own(regions: RegionDirectory) -> None:
    text = "关于便民的通知\n根据《关于改革的意见》（国办发〔2016〕82号），现通知如下：\n一、甲。\n二、乙。\n"
    assert extract_metadata(text, regions).document_number is None


def test_a_number_in_the_title_is_taken_unless_it_names_another_document(regions: RegionDirectory) -> None:
    own = extract_metadata("一、甲。\n", regions, title="关于开通服务的通知（示公网发〔2023〕1491号）")
    cited = extract_metadata("一、甲。\n", regions, title="为贯彻落实《示范市测绘办法》（示政发〔2021〕24号），制定本措施")
    assert (own.document_number, cited.document_number) == ("示公网发〔2023〕1491号", None)


def test_labelled_fields_of_a_web_page_are_read(regions: RegionDirectory) -> None:
    text = (
        "发文机关：示范市民政局\n发文字号：示民发〔2024〕3号\n成文日期：2024年1月2日\n发布日期：2024-01-05\n施行日期：2024-02-01\n"
        "低保办法\n第一条 甲。\n"
    )
    metadata = extract_metadata(text, regions, "低保办法")
    assert metadata.issuing_authorities == ("示范市民政局",)
    assert metadata.document_number == "示民发〔2024〕3号"
    assert (metadata.signed_on, metadata.published_on, metadata.effective_on) == (date(2024, 1, 2), date(2024, 1, 5), date(2024, 2, 1))


@pytest.mark.parametrize(
    ("sentence", "ended"),
    [
        ("《甲办法》（示政发〔2010〕3号）同时废止。", [("甲办法", "示政发〔2010〕3号")]),
        ("《甲办法》、《乙办法》（示府令第31号）和《丙规定》同时废止。", [("甲办法", None), ("乙办法", "第31号令"), ("丙规定", None)]),
        ("自本通知印发之日起，《甲通知》（国办发〔2016〕82号）停止执行。", [("甲通知", "国办发〔2016〕82号")]),
        ("本办法施行后，《甲办法》予以废止。", [("甲办法", None)]),
        ("2010年5月1日示范市人民政府发布的《甲办法》同时废止。", [("甲办法", None)]),
        ("1999年发布的《甲办法》、2001年发布的《乙办法》同时废止。", [("甲办法", None), ("乙办法", None)]),
        ("《关于〈甲办法〉的补充规定》同时废止。", [("关于〈甲办法〉的补充规定", None)]),
        ("《甲解释》（法（研）发〔1987〕32号）同时废止。", [("甲解释", "法（研）发〔1987〕32号")]),
        ("《甲条例》中关于反补贴的规定同时废止。", []),
        ("《甲办法》第三条同时废止。", []),
        ("根据《甲法》，《乙办法》同时废止。", [("乙办法", None)]),
        ("按照《甲条例》的规定修改或者废止。", []),
        ("《甲办法》不得废止。", []),
        ("《甲办法》继续有效。", []),
        ("行政机关应当及时清理、废止文件。", []),
    ],
)
def test_repeals_name_each_title_and_its_number(sentence: str, ended: list[tuple[str, str | None]]) -> None:
    assert [(notice.title, notice.document_number) for notice in find_repeals(sentence)] == ended


def test_the_signature_of_a_flattened_text_is_read(regions: RegionDirectory) -> None:
    text = "关于便民的通知 各区： 一、甲。 二、乙。 特此通知。 示范市财政局 示范市民政局 2024年2月20日 （此件公开发布）"
    metadata = extract_metadata(text, regions, "关于便民的通知")
    assert metadata.issuing_authorities == ("示范市财政局", "示范市民政局")
    assert metadata.signed_on == date(2024, 2, 20)


@pytest.mark.parametrize(
    ("preamble", "authorities"),
    [
        ("（2005年6月7日公安部令第78号发布　自2005年10月1日起施行）", ("公安部",)),
        ("（二〇〇五年六月七日公安部令第78号发布）", ("公安部",)),
        ("(2007年10月21日中华人民共和国国务院、中华人民共和国中央军事委员会令第510号公布)", ("国务院", "中央军事委员会")),
        ("日喀则市人民政府令第3号公布", ("日喀则市人民政府",)),
    ],
)
def test_the_issuer_of_an_order_is_read_without_its_date(regions: RegionDirectory, preamble: str, authorities: tuple[str, ...]) -> None:
    metadata = extract_metadata(f"某办法\n{preamble}\n第一条 甲。\n第二条 乙。\n", regions)
    assert metadata.issuing_authorities == authorities
