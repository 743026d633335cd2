"""Administrative divisions: the shipped national list, names of authorities, places in questions."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from knowledge_base.errors import UnknownRegion
from knowledge_base.models import NATION_CODE, RegionLevel
from knowledge_base.region_names import load_place_words, short_names
from knowledge_base.regions import RegionDirectory

SEEDS = Path(__file__).parents[2] / "knowledge_base" / "seeds"


@pytest.fixture(scope="module")
def regions() -> RegionDirectory:
    return RegionDirectory.from_csv(SEEDS / "regions.csv", SEEDS / "demo" / "regions.csv")


def test_the_shipped_list_is_the_national_one_of_2024(regions: RegionDirectory) -> None:
    levels = Counter(region.level for region in regions.all() if not region.code.startswith("99"))
    assert levels == {RegionLevel.NATION: 1, RegionLevel.PROVINCE: 34, RegionLevel.CITY: 333, RegionLevel.COUNTY: 2849}
    assert regions.get("653228").name == "和康县"
    assert regions.get("330114").name == "钱塘区"


def test_every_region_but_the_nation_hangs_below_a_known_one(regions: RegionDirectory) -> None:
    assert all(regions.lineage(region.code)[-1] == NATION_CODE for region in regions.all())


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("广州市天河区人民政府", "440106"),
        ("广东省人力资源和社会保障厅", "440000"),
        ("北京市朝阳区", "110105"),
        ("示范市明德区人民政府", "990102"),
        ("广州", "440100"),
        ("天河区", "440106"),
        ("广州天河", "440106"),
        ("内蒙古自治区公安厅", "150000"),
        ("恩施州", "422800"),
        ("东莞市民政局", "441900"),
        ("仙桃市", "429004"),
        ("重庆市渝北区", "500112"),
        ("吉林", "220000"),
        ("吉林省吉林市", "220200"),
        ("西安", "610100"),
        ("中共广东省委", "440000"),
        ("国务院办公厅", NATION_CODE),
        ("中华人民共和国民政部", NATION_CODE),
        ("公安部", NATION_CODE),
        ("国家税务总局广州市税务局", "440100"),
        ("440106", "440106"),
        ("４４０１０６", "440106"),
        ("990104", "990104"),
    ],
)
def test_names_of_places_and_authorities_resolve(regions: RegionDirectory, name: str, code: str) -> None:
    region = regions.resolve(name)
    assert region is not None
    assert region.code == code


@pytest.mark.parametrize("name", ["朝阳区", "朝阳", "鼓楼区", "公安局", "市财政局", "中山大学", "月球", "999999", "", "本市"])
def test_ambiguous_and_unknown_names_resolve_to_nothing(regions: RegionDirectory, name: str) -> None:
    assert regions.resolve(name) is None


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("朝阳区办居住证要什么材料", ()),
        ("我在北京，想问朝阳区怎么办居住证", ("110105",)),
        ("广州天河办社保在哪", ("440106",)),
        ("示范市明德区居住证怎么办", ("990102",)),
        ("广东户口，现在深圳工作", ("440300",)),
        ("从长沙迁到武汉要什么手续", ("430100", "420100")),
        ("公安局在哪里办身份证", ()),
        ("怎样做到长治久安", ()),
        ("港口区域的通行证", ()),
        ("中山路派出所几点上班", ()),
        ("依照《中华人民共和国居民身份证法》", ()),
        ("海淀区中关村怎么办", ("110108",)),
    ],
)
def test_places_in_questions_are_found_by_their_longest_unambiguous_name(
    regions: RegionDirectory, question: str, codes: tuple[str, ...]
) -> None:
    assert tuple(region.code for region in regions.find_in_text(question)) == codes


def test_lineage_runs_from_the_region_up_to_the_nation(regions: RegionDirectory) -> None:
    assert regions.lineage("440106") == ("440106", "440100", "440000", NATION_CODE)
    assert regions.lineage("110105") == ("110105", "110000", NATION_CODE)


def test_the_full_name_leaves_the_nation_out(regions: RegionDirectory) -> None:
    assert regions.full_name("990103") == "示范省示范市安和区"
    assert regions.full_name(NATION_CODE) == "中华人民共和国"


def test_children_are_the_regions_right_below(regions: RegionDirectory) -> None:
    assert [region.name for region in regions.children("990100")] == ["明德区", "安和区", "云栖区", "知行区"]
    assert regions.children("441900") == ()


def test_an_unknown_code_is_an_error_that_says_what_to_write(regions: RegionDirectory) -> None:
    with pytest.raises(UnknownRegion, match="六位行政区划代码"):
        regions.get("123456")


def test_a_later_file_overrules_an_earlier_one(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("code,name,parent_code,level\n100000,国,,nation\n110000,甲市,100000,province\n", encoding="utf-8")
    second.write_text("﻿code,name,parent_code,level\n110000,乙市,100000,province\n", encoding="utf-8")
    assert RegionDirectory.from_csv(first, second).get("110000").name == "乙市"


def test_short_names_leave_out_endings_and_peoples(regions: RegionDirectory) -> None:
    words = load_place_words()
    assert short_names(regions.get("422800"), words) == ("恩施", "恩施州")
    assert short_names(regions.get("650000"), words) == ("新疆",)
    assert short_names(regions.get("990100"), words) == ()


def test_every_word_list_names_places_that_exist(regions: RegionDirectory) -> None:
    words = load_place_words()
    names = {region.name for region in regions.all()}
    assert {name for name in words.plain_districts if name not in names} == set()
    assert all(regions.resolve(name + "测试局") is not None for name in words.national)
