"""While one question is answered the catalogue is read once; the next question sees what was changed meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from knowledge_base.adapters.sql import SqlDocumentStore, SqlGuideStore
from knowledge_base.made_once import MadeOnce
from knowledge_base.one_reading import one_reading
from tests.factories import a_guide, a_revision


def test_what_another_process_saves_is_seen_by_the_next_reading(sqlite_engine: Engine) -> None:
    here, elsewhere = SqlGuideStore(sqlite_engine), SqlGuideStore(sqlite_engine)
    elsewhere.save([a_guide(fee="20元")])
    with one_reading():
        assert [guide.fee for guide in here.all()] == ["20元"]
        with ThreadPoolExecutor(1) as pool:
            pool.submit(elsewhere.save, [a_guide(fee="免费")]).result()
        assert [guide.fee for guide in here.all()] == ["20元"]
    with one_reading():
        assert [guide.fee for guide in here.all()] == ["免费"]


def test_what_is_written_inside_a_reading_is_seen_in_it(sqlite_engine: Engine) -> None:
    documents, guides = SqlDocumentStore(sqlite_engine), SqlGuideStore(sqlite_engine)
    documents.add(a_revision(number=1))
    with one_reading():
        assert len(documents.revisions("d-residence")) == 1
        documents.add(a_revision(number=2, text="第一条 第二稿。"))
        assert len(documents.revisions("d-residence")) == 2
        assert guides.all() == ()
        guides.save([a_guide()])
        assert guides.all() == (a_guide(),)


def test_a_reading_inside_another_is_the_same_one_and_ends_with_it(sqlite_engine: Engine) -> None:
    documents = SqlDocumentStore(sqlite_engine)
    documents.add(a_revision(number=1))
    with one_reading():
        before = documents.revisions("d-residence")
        with one_reading(), ThreadPoolExecutor(1) as pool:
            pool.submit(documents.add, a_revision(number=2, text="第一条 第二稿。")).result()
        assert documents.revisions("d-residence") == before
    assert len(documents.revisions("d-residence")) == 2


def test_something_is_made_again_only_of_other_entries() -> None:
    made: list[tuple[str, ...]] = []
    joined = MadeOnce[tuple[str, ...], str](lambda entries: made.append(entries) or "、".join(entries))  # type: ignore[func-returns-value]
    assert [joined(("甲", "乙")), joined(("甲", "乙")), joined(("丙",))] == ["甲、乙", "甲、乙", "丙"]
    assert made == [("甲", "乙"), ("丙",)]
