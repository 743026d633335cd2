"""What every GuideStore and DepartmentStore promises, on SQLite, on PostgreSQL and on the fakes."""

from __future__ import annotations

import pytest

from knowledge_base.adapters.sql import SqlDepartmentStore, SqlGuideStore
from knowledge_base.ports import DepartmentStore, GuideStore
from tests.conftest import STORE_KINDS
from tests.factories import a_department, a_guide
from tests.fakes.entry_stores import MemoryDepartmentStore, MemoryGuideStore


@pytest.fixture(params=STORE_KINDS)
def guides(request: pytest.FixtureRequest) -> GuideStore:
    return MemoryGuideStore() if request.param == "memory" else SqlGuideStore(request.getfixturevalue(f"{request.param}_engine"))


@pytest.fixture(params=STORE_KINDS)
def departments(request: pytest.FixtureRequest) -> DepartmentStore:
    return MemoryDepartmentStore() if request.param == "memory" else SqlDepartmentStore(request.getfixturevalue(f"{request.param}_engine"))


def test_a_guide_comes_back_exactly_as_it_was_saved(guides: GuideStore) -> None:
    guide = a_guide(
        aliases=("办居住证", "暂住证"),
        conditions=("在本市居住半年以上\n且有稳定住所",),
        process=("申请", "受理", "领证"),
        place="“示范”大厅",
        hours="周一至周五",
        url="https://www.shifan.example/g?x=1&y=2",
        basis=("《居住证暂行条例》第九条",),
        usual_questions=("没有房产证能办吗？",),
        is_demonstration=True,
    )
    guides.save([guide])
    assert guides.get(guide.id) == guide
    assert guides.all() == (guide,)


def test_guides_are_listed_by_id(guides: GuideStore) -> None:
    guides.save(a_guide(id=guide_id) for guide_id in ("g-b", "G-c", "g-a"))
    assert [guide.id for guide in guides.all()] == ["G-c", "g-a", "g-b"]


def test_saving_a_guide_again_replaces_it(guides: GuideStore) -> None:
    guides.save([a_guide(fee="20元"), a_guide(id="other")])
    guides.save([a_guide(fee="免费")])
    assert [guide.fee for guide in guides.all()] == ["免费", "免费"]


def test_of_one_id_twice_in_a_save_the_later_stands(guides: GuideStore) -> None:
    guides.save([a_guide(fee="20元"), a_guide(fee="免费")])
    assert [guide.fee for guide in guides.all()] == ["免费"]


def test_an_unknown_guide_is_none(guides: GuideStore) -> None:
    assert guides.get("nowhere") is None
    assert guides.all() == ()


def test_a_department_comes_back_exactly_as_it_was_saved(departments: DepartmentStore) -> None:
    department = a_department(
        matters=("居住证", "身份证"), aliases=("市公安局",), parent_id="dept-gov", url="https://x.example", is_demonstration=True
    )
    departments.save([department])
    assert departments.get(department.id) == department
    assert departments.all() == (department,)


def test_saving_a_department_again_replaces_it(departments: DepartmentStore) -> None:
    departments.save([a_department(phone="0900-8880101")])
    departments.save([a_department(phone="0900-8880102")])
    assert [department.phone for department in departments.all()] == ["0900-8880102"]


def test_an_unknown_department_is_none(departments: DepartmentStore) -> None:
    assert departments.get("nowhere") is None


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_what_another_process_saves_is_seen_at_once(request: pytest.FixtureRequest, kind: str) -> None:
    engine = request.getfixturevalue(f"{kind}_engine")
    here, elsewhere = SqlGuideStore(engine), SqlGuideStore(engine)
    here.save([a_guide(fee="20元")])
    assert [guide.fee for guide in here.all()] == [guide.fee for guide in elsewhere.all()] == ["20元"]
    elsewhere.save([a_guide(fee="免费")])
    assert [guide.fee for guide in here.all()] == ["免费"]
