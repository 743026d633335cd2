"""What citizens may know of the policy base at a moment."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from knowledge_base.document_catalog import DocumentCatalog
from knowledge_base.errors import ImpossibleChange, UnknownDocument
from knowledge_base.models import ChangeKind
from knowledge_base.released_documents import ReleasedDocuments
from knowledge_base.validity import editions, released
from tests.factories import A_TEXT, a_document, a_revision
from tests.fakes.document_store import MemoryDocumentStore
from tests.moving_clock import MovingClock

RELEASE = date(2026, 12, 1)
LAST_MINUTE = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)
FIRST = a_revision(effective_on=date(2024, 1, 1))
SECOND = a_revision(number=2, edition=2, text="第一条 新。\n", effective_on=date(2026, 11, 1), release_on=RELEASE, kind=ChangeKind.AMEND)


def test_a_hidden_text_takes_nothing_from_the_one_that_is_shown() -> None:
    assert released([FIRST, SECOND], date(2026, 11, 30)) == (FIRST,)
    assert released([FIRST, SECOND], RELEASE) == (FIRST, SECOND)


def test_a_document_of_hidden_texts_alone_is_not_there() -> None:
    assert released([SECOND], date(2026, 11, 30)) == ()


def test_a_repeal_counts_though_a_coming_text_is_hidden() -> None:
    repeal = a_revision(
        number=3, edition=2, text="第一条 新。\n", effective_on=date(2026, 11, 1), release_on=RELEASE, kind=ChangeKind.REPEAL,
        repealed_on=date(2026, 11, 20), repealed_by="d-new",
    )  # fmt: skip
    shown = released([FIRST, SECOND, repeal], date(2026, 11, 30))
    assert [(revision.number, revision.text, revision.repealed_on) for revision in shown] == [
        (1, A_TEXT, None),
        (3, A_TEXT, date(2026, 11, 20)),
    ]


def test_the_edition_before_ends_when_the_next_is_shown() -> None:
    assert editions([FIRST, SECOND])[0].ends_on == RELEASE


def test_every_way_of_reading_follows_the_clock() -> None:
    store, clock = MemoryDocumentStore(), MovingClock(LAST_MINUTE)
    hidden = a_revision("d-hidden", title="示范市养犬管理办法", number=1, release_on=RELEASE)
    for revision in (FIRST, hidden):
        store.add(revision)
    seen = ReleasedDocuments(store, clock)

    def everything() -> list[object]:
        return [
            [revision.document_id for revision in seen.all_latest()],
            [history[0].document_id for history in seen.histories_without_text()],
            seen.find_by_title("示范市养犬管理办法"),
            seen.count(),
            seen.revision_count(),
            seen.hides("d-hidden", 1),
        ]

    with pytest.raises(UnknownDocument):
        seen.latest("d-hidden")
    assert everything() == [["d-residence"], ["d-residence"], (), 1, 1, True]
    clock.forward(minutes=1)
    assert everything() == [["d-hidden", "d-residence"], ["d-hidden", "d-residence"], ("d-hidden",), 2, 2, False]
    assert seen.latest("d-hidden") == hidden


def test_what_is_shown_cannot_be_corrected_from_a_later_day_on() -> None:
    catalog = DocumentCatalog(MemoryDocumentStore(), MovingClock(LAST_MINUTE))
    catalog.publish(a_document(), "王编辑", "收录")
    with pytest.raises(ImpossibleChange, match="立即发布"):
        catalog.publish_reviewed(a_document(text="第一条 改。\n", release_on=RELEASE), "王编辑", "更正")


def test_what_is_hidden_still_can_be_corrected() -> None:
    catalog = DocumentCatalog(MemoryDocumentStore(), MovingClock(LAST_MINUTE))
    catalog.publish_reviewed(a_document(release_on=RELEASE), "王编辑", "收录")
    assert catalog.publish_reviewed(a_document(text="第一条 改。\n", release_on=RELEASE), "王编辑", "更正").changed
