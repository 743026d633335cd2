"""What every ContentStore promises, on SQLite, on PostgreSQL and on the fake."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from knowledge_base.adapters.sql import SqlDepartmentStore, SqlGuideStore
from knowledge_base.adapters.sql.content_store import SqlContentStore
from knowledge_base.content.entry_values import row_of
from knowledge_base.content.errors import ContentConflict, UnknownEntry
from knowledge_base.content.models import Change, ChangeNote, EntryChange, EntryState, KeptEntry, KeptUpload, PlacedCells
from knowledge_base.content.ports import ContentStore
from tests.conftest import STORE_KINDS
from tests.factories import a_department, a_guide
from tests.fakes.content_store import MemoryContentStore

AT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
NOTE = ChangeNote(Change.SAVED, "admin", AT, "更正电话")
OLD, NEW = EntryState({"word": "落户"}), EntryState({"word": "落户", "group": "户籍"}, shipped=True)


@pytest.fixture(params=STORE_KINDS)
def store(request: pytest.FixtureRequest) -> ContentStore:
    if request.param == "memory":
        return MemoryContentStore()
    return SqlContentStore(request.getfixturevalue(f"{request.param}_engine"))


def put(store: ContentStore, states: Mapping[str, EntryState | None], kind: str = "vocabulary", note: ChangeNote = NOTE) -> int:
    return store.append(kind, store.number(kind), note, states).number


def test_a_kind_nobody_has_edited_is_at_version_nought(store: ContentStore) -> None:
    assert (store.number("vocabulary"), store.states("vocabulary"), store.versions("vocabulary")) == (0, {}, ())
    assert store.states_at("vocabulary", 0) == {}


def test_what_was_appended_stands_with_the_number_of_its_version(store: ContentStore) -> None:
    put(store, {"b": OLD})
    put(store, {"a": EntryState(None, draft={"word": "草"})})
    assert store.states("vocabulary") == {"a": KeptEntry(EntryState(None, draft={"word": "草"}), 2), "b": KeptEntry(OLD, 1)}
    assert list(store.states("vocabulary")) == ["a", "b"]


def test_versions_are_numbered_within_their_kind_and_listed_newest_first(store: ContentStore) -> None:
    put(store, {"a": OLD, "b": OLD})
    put(store, {"a": NEW})
    put(store, {"x": OLD}, kind="wording")
    assert [(version.number, version.size, version.note) for version in store.versions("vocabulary")] == [(2, 1, NOTE), (1, 2, NOTE)]
    assert [version.number for version in store.versions("vocabulary", limit=1)] == [2]
    assert [version.number for version in store.versions("vocabulary", before=2)] == [1]


def test_a_version_tells_what_stood_before(store: ContentStore) -> None:
    put(store, {"a": OLD})
    put(store, {"a": NEW, "c": OLD})
    assert store.changes("vocabulary", 2) == (EntryChange("a", OLD, NEW), EntryChange("c", None, OLD))
    with pytest.raises(UnknownEntry):
        store.changes("vocabulary", 3)


def test_none_takes_an_entry_back_to_nothing(store: ContentStore) -> None:
    put(store, {"a": OLD})
    put(store, {"a": None})
    assert store.states("vocabulary") == {}
    assert store.changes("vocabulary", 2) == (EntryChange("a", OLD, None),)


def test_every_earlier_state_can_be_looked_up(store: ContentStore) -> None:
    put(store, {"a": OLD, "b": OLD})
    put(store, {"a": None, "b": NEW})
    put(store, {"a": NEW})
    assert store.states_at("vocabulary", 1) == {"a": OLD, "b": OLD}
    assert store.states_at("vocabulary", 2) == {"b": NEW}
    assert store.states_at("vocabulary", 3) == {"a": NEW, "b": NEW}
    with pytest.raises(UnknownEntry):
        store.states_at("vocabulary", 4)


def test_the_history_of_an_entry_leaves_other_entries_out(store: ContentStore) -> None:
    put(store, {"a": OLD})
    put(store, {"b": OLD})
    put(store, {"a": NEW})
    assert [(version.number, change.after) for version, change in store.history("vocabulary", "a")] == [(3, NEW), (1, OLD)]


def test_a_version_based_on_an_older_one_is_refused_and_changes_nothing(store: ContentStore) -> None:
    put(store, {"a": OLD})
    with pytest.raises(ContentConflict):
        store.append("vocabulary", 0, NOTE, {"a": NEW})
    assert store.states("vocabulary") == {"a": KeptEntry(OLD, 1)}


def test_of_two_at_the_same_moment_one_is_refused(store: ContentStore) -> None:
    def append(key: str) -> str:
        try:
            store.append("vocabulary", 0, NOTE, {key: OLD})
        except ContentConflict:
            return "refused"
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(append, "abcd"))
    assert sorted(outcomes) == ["kept", "refused", "refused", "refused"]
    assert (store.number("vocabulary"), len(store.states("vocabulary"))) == (1, 1)


def test_an_upload_is_kept_for_a_day(store: ContentStore) -> None:
    upload = KeptUpload("d" * 64, "departments", "部门.xlsx", (PlacedCells(2, {"id": "x"}),), True, "admin", AT)
    store.keep_upload(upload)
    store.keep_upload(upload)
    assert store.upload(upload.digest) == upload
    store.keep_upload(KeptUpload("e" * 64, "departments", "又一个.xlsx", (), False, "admin", AT + timedelta(days=2)))
    assert store.upload(upload.digest) is None


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


def test_guides_are_answered_from_as_soon_as_their_version_is_kept(engine: Engine) -> None:
    store, guides, guide = SqlContentStore(engine), SqlGuideStore(engine), a_guide(aliases=("办居住证", "暂住证"), is_demonstration=True)
    assert guides.all() == ()
    put(store, {guide.id: EntryState(row_of(guide)), "g-draft": EntryState(None, draft={"id": "g-draft"})}, kind="guides")
    assert guides.all() == (guide,)
    put(store, {guide.id: EntryState(None)}, kind="guides")
    assert guides.all() == ()


def test_departments_are_answered_from_as_soon_as_their_version_is_kept(engine: Engine) -> None:
    store, departments, department = SqlContentStore(engine), SqlDepartmentStore(engine), a_department(phone="0900-8880199")
    put(store, {department.id: EntryState(row_of(department))}, kind="departments")
    assert departments.all() == (department,)
