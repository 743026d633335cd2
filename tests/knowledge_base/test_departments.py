"""The department directory."""

from __future__ import annotations

import pytest

from knowledge_base.departments import DepartmentDirectory, check_departments
from knowledge_base.errors import InvalidEntry
from knowledge_base.service_guides import check_guides
from tests.factories import DEMO_DISTRICT, OTHER_DEMO_DISTRICT, a_department, a_guide

CITY = a_department("city", name="示范市公安局", aliases=("市公安局", "公安局"))
STATION = a_department("station", name="明德派出所", parent_id="city", jurisdiction=DEMO_DISTRICT)
DISTRICTS = (
    a_department("mingde", name="户政大厅", jurisdiction=DEMO_DISTRICT),
    a_department("anhe", name="户政大厅", jurisdiction=OTHER_DEMO_DISTRICT),
)
DIRECTORY = DepartmentDirectory((CITY, STATION, *DISTRICTS))


@pytest.mark.parametrize("name", ["city", "示范市公安局", "市公安局", " 公安局 "])
def test_a_department_is_found_by_id_name_or_alias(name: str) -> None:
    assert DIRECTORY.resolve(name) == CITY


def test_of_one_name_in_several_places_the_place_decides() -> None:
    assert DIRECTORY.named("户政大厅") == DISTRICTS
    assert DIRECTORY.resolve("户政大厅") is None
    assert DIRECTORY.resolve("户政大厅", OTHER_DEMO_DISTRICT) == DISTRICTS[1]


def test_a_name_goes_before_the_alias_of_another() -> None:
    other = a_department("other", name="某局", aliases=("明德派出所",))
    assert DepartmentDirectory((other, STATION)).named("明德派出所") == (STATION, other)


def test_an_unknown_name_is_none() -> None:
    assert DIRECTORY.resolve("没有的局") is None
    assert DIRECTORY.get("nowhere") is None


def test_the_departments_below_one_are_listed() -> None:
    assert DIRECTORY.children("city") == (STATION,)
    assert DIRECTORY.children("station") == ()


def test_a_parent_must_be_in_the_file_or_already_known() -> None:
    placed = [("名录.xlsx 第2行", STATION)]
    assert check_departments(placed) == check_departments(placed, known={"city"}) == (STATION,)
    with pytest.raises(InvalidEntry, match=r"名录\.xlsx 第2行：没有上级部门“city”"):
        check_departments(placed, known=())


def test_a_guide_must_name_a_known_department_where_a_directory_is_given() -> None:
    guide = a_guide(department_id="nowhere")
    assert check_guides([("第1项", guide)]) == (guide,)
    with pytest.raises(InvalidEntry, match="第1项：承办部门“nowhere”不在部门名录中"):
        check_guides([("第1项", guide)], DIRECTORY)
