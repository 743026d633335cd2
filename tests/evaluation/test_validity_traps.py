"""The traps of the golden set through the real assistant: what does not bind is never cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from api.container import build_container
from assistant.answering import PolicyAssistant
from evaluation.validity_traps import TrapOutcome, load_traps, spring_traps, trap_summary
from tests.demonstration import Home

pytestmark = pytest.mark.model

TOLERATED_STATUSES = 2
"""Traps that may end in another status than labelled, as long as nothing wrong is cited and nothing right is missing."""


@pytest.fixture(scope="module")
def assistant(demonstration: Home) -> PolicyAssistant:
    return build_container(demonstration.settings()).assistant()


@pytest.fixture(scope="module")
def outcomes(assistant: PolicyAssistant) -> tuple[TrapOutcome, ...]:
    return spring_traps(assistant, load_traps())


def described(odd: Sequence[TrapOutcome]) -> str:
    """For the message of a failed test."""
    return "\n".join(
        f"{outcome.trap.id} {outcome.trap.question}（{outcome.trap.region}，{outcome.trap.as_of}）：{outcome.status}，引用{outcome.cited}，"
        f"不应引用{outcome.wrongly_cited}，缺少{outcome.missing}"
        for outcome in odd
    )


def test_there_are_at_least_sixty_questions_of_every_kind_of_trap() -> None:
    traps = load_traps()
    assert len(traps) >= 60
    assert {"boundary_before", "boundary_day", "repealed"} <= {trap.trap for trap in traps}


def test_nothing_that_does_not_bind_is_cited(outcomes: tuple[TrapOutcome, ...]) -> None:
    wrong = [outcome for outcome in outcomes if outcome.wrongly_cited]
    assert not wrong, described(wrong)


def test_every_question_is_asked(outcomes: tuple[TrapOutcome, ...]) -> None:
    assert trap_summary(outcomes)["not_asked"] == 0


def test_what_binds_is_cited(outcomes: tuple[TrapOutcome, ...]) -> None:
    missing = [outcome for outcome in outcomes if outcome.missing]
    assert not missing, described(missing)


def test_answers_end_as_labelled(outcomes: tuple[TrapOutcome, ...]) -> None:
    odd = [outcome for outcome in outcomes if outcome.unexpected_status]
    assert len(odd) <= TOLERATED_STATUSES, described(odd)


def test_a_citation_of_a_forbidden_document_is_reported(assistant: PolicyAssistant) -> None:
    trap = next(trap for trap in load_traps() if trap.must_cite)
    (outcome,) = spring_traps(assistant, [replace(trap, must_not_cite=trap.must_cite)])
    assert outcome.wrongly_cited == trap.must_cite
    assert trap_summary([outcome])["wrongly_cited"] == 1


def test_a_document_that_should_be_cited_and_is_not_is_reported(assistant: PolicyAssistant) -> None:
    trap = next(trap for trap in load_traps() if trap.must_cite)
    (outcome,) = spring_traps(assistant, [replace(trap, must_cite=("no-such-document",))])
    assert outcome.missing == ("no-such-document",)
