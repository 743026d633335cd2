"""Repeals named in a text reach the documents they mean, whichever was taken in first."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.document_catalog import DocumentCatalog, PublishOutcome
from knowledge_base.models import NATION_CODE, ChangeKind, ParsedDocument
from knowledge_base.repeal_findings import AUTOMATIC
from tests.factories import DEMO_CITY, DEMO_DISTRICT, DEMO_PROVINCE, OTHER_DEMO_DISTRICT, a_document, a_repeal_notice
from tests.fakes.document_store import MemoryDocumentStore

OLD_DAY, MIDDLE_DAY, NEW_DAY = date(2010, 1, 1), date(2012, 1, 1), date(2024, 3, 1)


@pytest.fixture
def catalog() -> DocumentCatalog:
    return a_catalog()


def a_catalog() -> DocumentCatalog:
    return DocumentCatalog(MemoryDocumentStore(), lambda: datetime(2024, 6, 1, tzinfo=UTC))


def publish(catalog: DocumentCatalog, *documents: ParsedDocument) -> PublishOutcome:
    for document in documents:
        outcome = catalog.publish(document, "王编辑", "导入")
    return outcome


def ending(catalog: DocumentCatalog, document_id: str) -> tuple[date | None, str | None]:
    latest = catalog.store.latest(document_id)
    return latest.repealed_on, latest.repealed_by


def the_old(document_id: str = "d-old", title: str = "旧办法", **about: object) -> ParsedDocument:
    return a_document(document_id, title=title, **{"effective_on": OLD_DAY, **about})


def the_new(*notices: tuple[str, str | None], document_id: str = "d-new", **about: object) -> ParsedDocument:
    repeals = tuple(a_repeal_notice(*notice) for notice in notices)
    return a_document(document_id, **{"title": "新办法", "effective_on": NEW_DAY, "repeals": repeals, **about})


@pytest.mark.parametrize("new_first", [False, True])
def test_a_document_named_by_its_title_ends_on_the_day_the_new_one_takes_effect(catalog: DocumentCatalog, new_first: bool) -> None:
    documents = [the_old(), the_new(("旧办法", None), number="示政发〔2024〕8号")]
    outcome = publish(catalog, *(reversed(documents) if new_first else documents))
    assert ending(catalog, "d-old") == (NEW_DAY, "d-new")
    assert [revision.document_id for revision in outcome.repealed] == ["d-old"]
    change = catalog.store.latest("d-old").change
    assert (change.kind, change.by) == (ChangeKind.REPEAL, "王编辑")
    assert "《新办法》（示政发〔2024〕8号）" in change.reason


@pytest.mark.parametrize("new_first", [False, True])
def test_a_number_decides_before_a_title(catalog: DocumentCatalog, new_first: bool) -> None:
    same_title = [the_old("d-1", number="示政发〔2009〕1号"), the_old("d-2", number="示政发〔2010〕2号")]
    new = the_new(("旧办法", "示政发〔2010〕2号"))
    publish(catalog, *([new, *same_title] if new_first else [*same_title, new]))
    assert ending(catalog, "d-1") == (None, None)
    assert ending(catalog, "d-2") == (NEW_DAY, "d-new")


def test_a_number_with_a_year_finds_a_document_whatever_its_full_title(catalog: DocumentCatalog) -> None:
    publish(
        catalog, the_old(title="示范市人民政府关于印发旧办法的通知", number="示政发〔2010〕2号"), the_new(("旧办法", "示政发〔2010〕2号"))
    )
    assert ending(catalog, "d-old") == (NEW_DAY, "d-new")


def test_a_decree_number_without_a_year_needs_the_title_as_well(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old("d-other", title="养犬规定", number="第12号令"), the_old("d-meant", title="旧办法", number="第12号令"))
    publish(catalog, the_new(("旧办法", "第12号令")))
    assert ending(catalog, "d-other") == (None, None)
    assert ending(catalog, "d-meant") == (NEW_DAY, "d-new")


def test_a_document_with_another_number_is_not_meant(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old(number="示政发〔2010〕2号"), the_new(("旧办法", "示政发〔2011〕3号")))
    assert ending(catalog, "d-old") == (None, None)


def test_a_document_without_a_known_number_is_found_by_its_title(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old(number=None), the_new(("旧办法", "示政发〔2010〕2号")))
    assert ending(catalog, "d-old") == (NEW_DAY, "d-new")


@pytest.mark.parametrize(
    ("place", "of_the_old", "ends"),
    [
        (DEMO_CITY, DEMO_CITY, True),
        (DEMO_CITY, DEMO_DISTRICT, True),
        (NATION_CODE, DEMO_DISTRICT, True),
        (DEMO_CITY, DEMO_PROVINCE, False),
        (DEMO_DISTRICT, OTHER_DEMO_DISTRICT, False),
        (DEMO_DISTRICT, NATION_CODE, False),
    ],
)
def test_by_title_only_documents_of_the_same_place_or_below_end(catalog: DocumentCatalog, place: str, of_the_old: str, ends: bool) -> None:
    publish(catalog, the_old(jurisdiction=of_the_old), the_new(("旧办法", None), jurisdiction=place))
    assert (ending(catalog, "d-old")[0] is not None) is ends


def test_among_several_the_one_of_the_same_place_is_meant(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old("d-city"), the_old("d-district", jurisdiction=DEMO_DISTRICT), the_new(("旧办法", None)))
    assert ending(catalog, "d-city") == (NEW_DAY, "d-new")
    assert ending(catalog, "d-district") == (None, None)


def test_a_document_never_ends_itself_nor_one_that_is_younger(catalog: DocumentCatalog) -> None:
    publish(catalog, the_new(("新办法", None), ("旧办法", None)), the_old("d-young", effective_on=date(2025, 1, 1)))
    assert ending(catalog, "d-new") == ending(catalog, "d-young") == (None, None)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_two_documents_that_may_be_meant_are_left_to_a_person_whatever_the_order(order: tuple[int, ...]) -> None:
    catalog = a_catalog()
    documents = [the_old("d-1"), the_old("d-2"), the_new(("旧办法", None))]
    outcome = publish(catalog, *(documents[position] for position in order))
    assert ending(catalog, "d-1") == ending(catalog, "d-2") == (None, None)
    assert len(outcome.warnings) == 1
    assert "有2份文件可能是它" in outcome.warnings[0]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_chain_of_versions_under_one_title_ends_one_by_one_whatever_the_order(order: tuple[int, ...]) -> None:
    catalog = a_catalog()
    versions = [
        the_old("d-1995", title="条例", effective_on=date(1995, 1, 1)),
        the_new(("条例", None), document_id="d-2010", title="条例", effective_on=date(2010, 1, 1)),
        the_new(("条例", None), document_id="d-2024", title="条例", effective_on=date(2024, 1, 1)),
    ]
    publish(catalog, *(versions[position] for position in order))
    assert ending(catalog, "d-1995") == (date(2010, 1, 1), "d-2010")
    assert ending(catalog, "d-2010") == (date(2024, 1, 1), "d-2024")
    assert ending(catalog, "d-2024") == (None, None)


@given(st.permutations(range(6)))
def test_what_is_in_force_does_not_depend_on_the_order_of_import(order: list[int]) -> None:
    documents = [
        the_old("d-a", title="甲办法", number="示政发〔2001〕1号", effective_on=date(2001, 1, 1)),
        the_old("d-b1", title="乙办法", effective_on=date(2002, 1, 1)),
        the_old("d-b2", title="乙办法", number="示政发〔2003〕3号", effective_on=date(2003, 1, 1)),
        the_new(
            ("甲办法", "示政发〔2001〕1号"),
            ("乙办法", "示政发〔2003〕3号"),
            document_id="d-c",
            title="丙办法",
            effective_on=date(2012, 1, 1),
        ),
        the_new(("乙办法", None), ("丙办法", None), document_id="d-d", title="丁办法", effective_on=date(2020, 1, 1)),
        the_new(("丁办法", None), document_id="d-e", title="戊办法", effective_on=date(2022, 1, 1), jurisdiction=DEMO_PROVINCE),
    ]
    catalog = a_catalog()
    publish(catalog, *(documents[position] for position in order))
    assert {document.document_id: ending(catalog, document.document_id) for document in documents} == {
        "d-a": (MIDDLE_DAY, "d-c"),
        "d-b1": (date(2003, 1, 1), "d-b2"),
        "d-b2": (MIDDLE_DAY, "d-c"),
        "d-c": (date(2020, 1, 1), "d-d"),
        "d-d": (date(2022, 1, 1), "d-e"),
        "d-e": (None, None),
    }


def test_publishing_again_completes_repeals_that_a_kill_left_out(catalog: DocumentCatalog) -> None:
    new = the_new(("旧办法", None))
    revision = publish(catalog, new).revision
    # As a killed import leaves it: the old document is there, but nobody looked who ends it.
    catalog.store.add(publish(a_catalog(), the_old()).revision)
    outcome = catalog.publish(new, "王编辑", "再次导入")
    assert (outcome.changed, outcome.revision) == (False, revision)
    assert ending(catalog, "d-old") == (NEW_DAY, "d-new")


def test_publishing_again_repeals_nothing_twice(catalog: DocumentCatalog) -> None:
    documents = [the_old(), the_new(("旧办法", None))]
    publish(catalog, *documents)
    outcome = publish(catalog, *documents)
    assert outcome.repealed == ()
    assert len(catalog.store.revisions("d-old")) == 2


def test_a_person_who_restores_a_document_is_not_overruled(catalog: DocumentCatalog) -> None:
    documents = [the_old(), the_new(("旧办法", None))]
    publish(catalog, *documents)
    catalog.restore("d-old", "李编辑", "只废止了一部分")
    publish(catalog, *documents)
    assert ending(catalog, "d-old") == (None, None)


def test_a_person_who_repealed_a_document_earlier_is_not_overruled(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old())
    catalog.repeal("d-old", date(2020, 1, 1), "李编辑", "市政府公告废止", replaced_by="d-new")
    publish(catalog, the_new(("别的办法", None)))
    assert ending(catalog, "d-old") == (date(2020, 1, 1), "d-new")


def test_a_corrected_day_of_taking_effect_moves_the_repeal(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old(), the_new(("旧办法", None)), the_new(("旧办法", None), effective_on=date(2024, 5, 1), text="第一条 一样。"))
    assert catalog.store.latest("d-new").edition == 2
    assert ending(catalog, "d-old") == (NEW_DAY, "d-new")
    another = a_catalog()
    publish(another, the_old(), the_new(("旧办法", None)), the_new(("旧办法", None), effective_on=date(2024, 5, 1)))
    assert another.store.latest("d-new").edition == 1
    assert ending(another, "d-old") == (date(2024, 5, 1), "d-new")


def test_a_notice_that_a_correction_takes_out_gives_the_document_back(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old(), the_new(("旧办法", None)), the_new(text="第一条 读错了。"))
    assert ending(catalog, "d-old") == (None, None)
    change = catalog.store.latest("d-old").change
    assert change.kind is ChangeKind.RESTORE
    assert change.reason.startswith(AUTOMATIC)


def test_an_amendment_that_no_longer_names_it_leaves_it_repealed(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old(), the_new(("旧办法", None)), the_new(text="第一条 第二版。", effective_on=date(2025, 1, 1)))
    assert ending(catalog, "d-old") == (NEW_DAY, "d-new")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_several_versions_under_one_title_each_ends_when_the_next_begins_whatever_the_order(order: tuple[int, ...]) -> None:
    catalog = a_catalog()
    versions = [the_old(f"d-{year}", title="示范市条例", effective_on=date(year, 1, 1)) for year in (2001, 2010, 2024)]
    publish(catalog, *(versions[position] for position in order))
    assert ending(catalog, "d-2001") == (date(2010, 1, 1), "d-2010")
    assert ending(catalog, "d-2010") == (date(2024, 1, 1), "d-2024")
    assert ending(catalog, "d-2024") == (None, None)
    assert "同名的新文本取代" in catalog.store.latest("d-2010").change.reason


@pytest.mark.parametrize("newer_first", [False, True])
def test_an_amended_text_that_repeats_the_first_day_is_told_by_when_it_was_passed(catalog: DocumentCatalog, newer_first: bool) -> None:
    notice = (a_repeal_notice("示范市条例"),)
    first = the_old("d-first", title="示范市条例", effective_on=date(2021, 7, 1), signed_on=date(2021, 5, 21), repeals=notice)
    amended = the_old("d-amended", title="示范市条例", effective_on=date(2021, 7, 1), signed_on=date(2024, 11, 28), repeals=notice)
    publish(catalog, *((amended, first) if newer_first else (first, amended)))
    assert ending(catalog, "d-amended") == (None, None)
    assert ending(catalog, "d-first")[1] == "d-amended"


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("关于做好防汛工作的通知", {}),
        ("示范市条例", {"jurisdiction": DEMO_DISTRICT}),
        ("示范市条例", {"issuing_authorities": ("示范市卫生健康委员会",)}),
        ("示范市条例", {"effective_on": None}),
    ],
    ids=["a notice", "another place", "another authority", "undated"],
)
def test_a_document_of_the_same_title_that_is_no_version_of_it_stays(
    catalog: DocumentCatalog, title: str, about: dict[str, object]
) -> None:
    publish(catalog, the_old(title=title, issuing_authorities=("示范市公安局",)))
    publish(catalog, the_new(title=title, **{"issuing_authorities": ("示范市公安局",), **about}))
    assert ending(catalog, "d-old") == ending(catalog, "d-new") == (None, None)


def test_a_version_that_names_the_one_before_it_repeals_it_in_those_words(catalog: DocumentCatalog) -> None:
    publish(catalog, the_old(), the_new(("旧办法", None), title="旧办法", signed_on=date(2024, 5, 5)))
    assert ending(catalog, "d-old") == (NEW_DAY, "d-new")
    assert catalog.store.latest("d-old").change.reason.endswith("《旧办法》废止。")


def test_a_restored_older_version_stays_restored(catalog: DocumentCatalog) -> None:
    versions = [the_old(f"d-{year}", title="示范市条例", effective_on=date(year, 1, 1)) for year in (2001, 2024)]
    publish(catalog, *versions)
    catalog.restore("d-2001", "李编辑", "两份文件不是同一部条例")
    publish(catalog, *versions)
    assert ending(catalog, "d-2001") == (None, None)
