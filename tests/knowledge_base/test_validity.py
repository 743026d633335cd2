"""Which text binds on which day: amendment, repeal, lapse, restoration, the day before and the day of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.models import ChangeKind, DocumentMetadata, DocumentRevision, Provision, ProvisionLevel, RevisionChange, ValidityStatus
from knowledge_base.validity import document_status, edition_on, edition_status, editions, in_force_on

DAY = timedelta(days=1)
MARCH, JULY = date(2024, 3, 1), date(2024, 7, 1)


def revision(
    number: int,
    edition: int,
    effective_on: date | None,
    expires_on: date | None = None,
    repealed_on: date | None = None,
    published_on: date | None = None,
) -> DocumentRevision:
    text = f"第一条 第{edition}版。"
    return DocumentRevision(
        document_id="d-1",
        number=number,
        edition=edition,
        text=text,
        text_digest=str(edition),
        outline=Provision(ProvisionLevel.DOCUMENT, "", "", "", "", 0, len(text)),
        metadata=DocumentMetadata("办法", effective_on=effective_on, expires_on=expires_on, published_on=published_on),
        change=RevisionChange(ChangeKind.PUBLISH, "管理员", datetime(2024, 1, 15, tzinfo=UTC), "录入"),
        repealed_on=repealed_on,
    )


def test_a_document_binds_from_its_first_day_on() -> None:
    (edition,) = editions([revision(1, 1, MARCH)])
    assert (edition.effective_on, edition.ends_on, edition.ending) == (MARCH, None, None)
    assert not in_force_on(edition, MARCH - DAY)
    assert in_force_on(edition, MARCH)


def test_an_amendment_ends_the_earlier_text_on_its_own_first_day() -> None:
    history = [revision(1, 1, MARCH), revision(2, 2, JULY)]
    first, second = editions(history)
    assert (first.ends_on, first.ending, second.ends_on) == (JULY, ValidityStatus.AMENDED, None)
    assert edition_on(history, JULY - DAY) == first
    assert edition_on(history, JULY) == second


def test_a_repeal_ends_a_document_on_its_own_date() -> None:
    history = [revision(1, 1, MARCH), revision(2, 1, MARCH, repealed_on=JULY)]
    assert document_status(history, JULY - DAY) is ValidityStatus.IN_FORCE
    assert document_status(history, JULY) is ValidityStatus.REPEALED
    assert edition_on(history, JULY) is None


def test_a_term_ends_a_document_on_its_own_date() -> None:
    history = [revision(1, 1, MARCH, expires_on=JULY)]
    assert document_status(history, JULY - DAY) is ValidityStatus.IN_FORCE
    assert document_status(history, JULY) is ValidityStatus.LAPSED


def test_the_earlier_of_repeal_and_lapse_counts() -> None:
    (edition,) = editions([revision(1, 1, MARCH, expires_on=JULY, repealed_on=JULY - DAY)])
    assert (edition.ends_on, edition.ending) == (JULY - DAY, ValidityStatus.REPEALED)


def test_a_restored_document_is_open_again() -> None:
    history = [revision(1, 1, MARCH), revision(2, 1, MARCH, repealed_on=JULY), revision(3, 1, MARCH)]
    assert document_status(history, JULY) is ValidityStatus.IN_FORCE
    assert editions(history)[0].ends_on is None


def test_a_correction_replaces_the_dates_of_its_edition() -> None:
    (edition,) = editions([revision(1, 1, JULY), revision(2, 1, MARCH)])
    assert (edition.effective_on, edition.revision.number) == (MARCH, 2)


def test_a_document_is_not_yet_effective_before_its_first_day() -> None:
    assert document_status([revision(1, 1, MARCH)], MARCH - DAY) is ValidityStatus.NOT_YET_EFFECTIVE


def test_a_document_repealed_before_its_first_day_never_binds() -> None:
    history = [revision(1, 1, JULY, repealed_on=MARCH)]
    assert edition_on(history, JULY) is None
    assert document_status(history, MARCH - DAY) is ValidityStatus.NOT_YET_EFFECTIVE
    assert document_status(history, MARCH) is ValidityStatus.REPEALED


def test_an_amended_text_has_that_status_while_the_document_is_in_force() -> None:
    history = [revision(1, 1, MARCH), revision(2, 2, JULY)]
    assert edition_status(editions(history)[0], JULY) is ValidityStatus.AMENDED
    assert document_status(history, JULY) is ValidityStatus.IN_FORCE


def test_a_text_amended_before_its_first_day_binds_on_no_day() -> None:
    history = [revision(1, 1, JULY), revision(2, 2, MARCH)]
    assert edition_on(history, JULY) == editions(history)[1]
    assert not any(in_force_on(editions(history)[0], MARCH + n * DAY) for n in range(200))


@pytest.mark.parametrize(("published", "first_day"), [(MARCH, MARCH), (None, date(2024, 1, 15))])
def test_a_missing_effective_day_is_the_publication_or_recording_day(published: date | None, first_day: date) -> None:
    (edition,) = editions([revision(1, 1, None, published_on=published)])
    assert edition.effective_on == first_day


def test_a_document_without_revisions_has_no_editions_and_no_status() -> None:
    assert editions([]) == ()
    with pytest.raises(ValueError, match="without revisions"):
        document_status([], MARCH)


days = st.dates(date(2024, 1, 1), date(2024, 3, 1))


@st.composite
def histories(draw: st.DrawFn) -> list[DocumentRevision]:
    history: list[DocumentRevision] = []
    edition = 0
    for number in range(1, draw(st.integers(1, 6)) + 1):
        edition += 1 if not history else draw(st.integers(0, 1))
        expires, repealed = draw(st.none() | days), draw(st.none() | days)
        history.append(revision(number, edition, draw(days), expires_on=expires, repealed_on=repealed))
    return history


@given(histories(), days)
def test_at_most_one_text_binds_on_any_day(history: list[DocumentRevision], day: date) -> None:
    binding = [edition for edition in editions(history) if in_force_on(edition, day)]
    assert len(binding) <= 1
    assert edition_on(history, day) == (binding[0] if binding else None)


@given(histories(), days)
def test_the_status_in_force_means_that_a_text_binds(history: list[DocumentRevision], day: date) -> None:
    assert (document_status(history, day) is ValidityStatus.IN_FORCE) == (edition_on(history, day) is not None)
    for edition in editions(history):
        assert (edition_status(edition, day) is ValidityStatus.IN_FORCE) == in_force_on(edition, day)


@given(histories(), days)
def test_a_repeal_changes_nothing_before_its_day_and_everything_from_it_on(history: list[DocumentRevision], day: date) -> None:
    open_ended = [*history, replace(history[-1], number=len(history) + 1, repealed_on=None)]
    repealed = [*history, replace(history[-1], number=len(history) + 1, repealed_on=day)]
    before, without = edition_on(repealed, day - DAY), edition_on(open_ended, day - DAY)
    assert (before and before.number) == (without and without.number)
    assert all(edition_on(repealed, day + n * DAY) is None for n in range(3))


@given(histories())
def test_the_order_of_the_given_revisions_does_not_matter(history: list[DocumentRevision]) -> None:
    assert editions(reversed(history)) == editions(history)
