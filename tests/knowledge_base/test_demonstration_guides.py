"""The demonstration directory, service guides and hot questions: complete, consistent, and recognisably invented."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import frontmatter
import pytest
import yaml

import knowledge_base
from knowledge_base.adapters.entry_files import load_departments, load_guides
from knowledge_base.departments import DepartmentDirectory
from knowledge_base.models import Department, ServiceGuide
from knowledge_base.service_guides import check_guides

DEMO = Path(knowledge_base.__file__).parent / "seeds" / "demo"
TOPICS = {
    *("户籍", "居住证", "身份证", "社保", "医保", "公积金", "住房", "不动产", "婚姻", "生育", "入学"),
    *("就业", "创业", "车驾管", "养老", "残疾", "低保", "环保投诉", "市场监管", "物业", "其他"),
}
LOCAL_TITLE = re.compile("《(示范|明德|安和|云栖|知行)")
CITY, DISTRICTS = "990100", {"990102", "990103", "990104", "990105"}
INVENTED_PHONE = re.compile(r"0900-88\d{5}")
# 养犬登记：新旧规定在2027年1月1日交替，材料、时限和收费只由当日有效的条款回答。
LEFT_TO_POLICIES = {("sfg-yangquan", "required_materials"), ("sfg-yangquan", "time_limit"), ("sfg-yangquan", "fee")}
QUANTITY = re.compile(r"(?<![\d月])\d+(?:\.\d+)?(?:个工作日|个月|小时|周岁|平方米|[日年元天次%])")
# 承办单位自行承诺的时限，政策没有规定。
OWN_PROMISE = {("sfg-yanglao-butie", "20个工作日"), ("sfg-shilaohua", "15个工作日"), ("sfg-linshi-jiuzhu", "15个工作日")}


@pytest.fixture(scope="module")
def departments() -> dict[str, Department]:
    return {department.id: department for department in load_departments(DEMO / "departments.yaml")}


@pytest.fixture(scope="module")
def guides(departments: dict[str, Department]) -> tuple[ServiceGuide, ...]:
    loaded = load_guides(DEMO / "guides.yaml")
    return check_guides(((guide.id, guide) for guide in loaded), DepartmentDirectory(departments.values()))


@pytest.fixture(scope="module")
def regions() -> set[str]:
    return {line.split(",")[0] for line in (DEMO / "regions.csv").read_text(encoding="utf-8").splitlines()[1:]}


@pytest.fixture(scope="module")
def policies() -> dict[str, frontmatter.Post]:
    """Front matter and text by document id, oldest first among those of one title."""
    posts = (frontmatter.loads(path.read_text(encoding="utf-8")) for path in sorted((DEMO / "policies").glob("*.md")))
    return {str(post["id"]): post for post in posts}


def values(entry: Department | ServiceGuide) -> list[tuple[str, Any]]:
    return [(name, getattr(entry, name)) for name in entry.__dataclass_fields__]


def is_text(name: str, value: Any) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return name == "is_demonstration" or all(isinstance(part, str) and part == part.strip() for part in parts)


def test_there_are_enough_guides_and_departments_with_ids_of_their_own(
    guides: tuple[ServiceGuide, ...], departments: dict[str, Department]
) -> None:
    assert len({guide.id for guide in guides}) == len(guides) >= 48
    assert len(departments) >= 28
    assert departments.keys().isdisjoint(guide.id for guide in guides)


def test_every_topic_has_at_least_two_guides_for_the_whole_city(guides: tuple[ServiceGuide, ...]) -> None:
    per_topic = Counter(guide.topic for guide in guides if guide.jurisdiction == CITY)
    assert set(per_topic) == TOPICS
    assert min(per_topic.values()) >= 2


def test_every_field_of_every_guide_is_filled_with_text(guides: tuple[ServiceGuide, ...]) -> None:
    empty = {(guide.id, name) for guide in guides for name, value in values(guide) if value in ("", ())}
    not_text = [(guide.id, name) for guide in guides for name, value in values(guide) if not is_text(name, value)]
    assert empty == LEFT_TO_POLICIES
    assert not_text == []


def test_every_department_states_its_duties_and_where_and_when_to_find_it(departments: dict[str, Department]) -> None:
    for department in departments.values():
        assert 4 <= len(department.duties) <= 8, department.id
        assert department.matters, department.id
        assert department.aliases, department.id
        assert department.hours, department.id
        assert department.address.startswith("示范市"), department.id
        assert all(isinstance(value, str) for value in (*department.duties, *department.matters, *department.aliases)), department.id
        assert department.parent_id is None or department.parent_id in departments, department.id


def test_a_name_or_alias_leads_to_one_department(departments: dict[str, Department]) -> None:
    names = Counter(name for department in departments.values() for name in {department.name, *department.aliases})
    assert [name for name, count in names.items() if count > 1] == []


def test_every_guide_belongs_to_a_department_of_the_same_region_and_shows_its_phone(
    guides: tuple[ServiceGuide, ...], departments: dict[str, Department]
) -> None:
    for guide in guides:
        assert guide.department_id in departments, guide.id
        assert guide.jurisdiction == departments[guide.department_id].jurisdiction, guide.id
        assert guide.phone == departments[guide.department_id].phone, guide.id


def test_every_region_exists_and_every_district_has_bodies_and_guides_of_its_own(
    guides: tuple[ServiceGuide, ...], departments: dict[str, Department], regions: set[str]
) -> None:
    of_departments = {department.jurisdiction for department in departments.values()}
    of_guides = {guide.jurisdiction for guide in guides}
    assert of_departments | of_guides <= regions
    assert of_departments >= DISTRICTS
    assert of_guides >= DISTRICTS


def test_the_same_matter_differs_by_district(guides: tuple[ServiceGuide, ...]) -> None:
    by_title: dict[str, list[ServiceGuide]] = {}
    for guide in guides:
        by_title.setdefault(guide.title, []).append(guide)
    shared = [same for same in by_title.values() if len(same) > 1]
    assert len(shared) >= 3
    for same in shared:
        for differing in ("jurisdiction", "phone", "place", "url"):
            assert len({getattr(guide, differing) for guide in same}) == len(same), (same[0].title, differing)


def test_phones_and_addresses_on_the_web_are_invented_and_everything_says_so(
    guides: tuple[ServiceGuide, ...], departments: dict[str, Department]
) -> None:
    for entry in (*guides, *departments.values()):
        assert INVENTED_PHONE.fullmatch(entry.phone), entry.id
        assert entry.url, entry.id
        assert entry.url.startswith("https://www.shifan.example/"), entry.id
        assert entry.is_demonstration, entry.id
    phones = Counter(department.phone for department in departments.values())
    assert max(phones.values()) == 1


def test_no_other_telephone_number_hides_in_the_files() -> None:
    for name in ("departments.yaml", "guides.yaml", "hot_questions.yaml"):
        text = INVENTED_PHONE.sub("", (DEMO / name).read_text(encoding="utf-8"))
        assert re.findall(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8}|400-?\d{3}-?\d{4})(?!\d)", text) == [], name


def test_local_policies_named_as_basis_exist_among_the_demonstration_policies(
    guides: tuple[ServiceGuide, ...], policies: dict[str, frontmatter.Post]
) -> None:
    titles = {post["title"] for post in policies.values()}
    local = {(guide.id, title.strip("《》")) for guide in guides for title in guide.basis if LOCAL_TITLE.match(title)}
    assert len(local) > 40
    assert [(guide, title) for guide, title in sorted(local) if title not in titles] == []


def test_quantities_in_a_guide_are_those_of_the_newest_policy_it_rests_on(
    guides: tuple[ServiceGuide, ...], policies: dict[str, frontmatter.Post]
) -> None:
    newest = {post["title"]: post.content for post in policies.values()}
    checked, unfounded = 0, set()
    for guide in guides:
        grounds = "".join(newest.get(title.strip("《》"), "") for title in guide.basis)
        stated = "\n".join([*guide.conditions, *guide.required_materials, *guide.process, guide.time_limit, guide.fee])
        for quantity in QUANTITY.findall(stated) if grounds else ():
            checked += 1
            if not re.search(rf"(?<!\d){re.escape(quantity)}", grounds):
                unfounded.add((guide.id, quantity))
    assert checked > 150
    assert unfounded == OWN_PROMISE


def test_every_hot_question_is_short_and_answered_by_a_guide_or_a_policy(
    guides: tuple[ServiceGuide, ...], policies: dict[str, frontmatter.Post]
) -> None:
    hot: dict[str, dict[str, str]] = yaml.safe_load((DEMO / "hot_questions.yaml").read_text(encoding="utf-8"))
    topic_of_guide = {guide.id: guide.topic for guide in guides}
    assert len(hot) == 24
    for question, about in hot.items():
        assert 6 <= len(question.strip()) <= 30, question
        assert question.endswith("？"), question
        assert about["topic"] in TOPICS, question
        assert about["answered_by"] in policies or topic_of_guide.get(about["answered_by"]) == about["topic"], question
