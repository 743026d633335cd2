"""The last gate: a draft that says more than its sources is withheld."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from assistant.models import AcceptedPassage, AnswerBlock, BlockKind, DraftAnswer, Evidence, UnderstoodQuestion
from assistant.steps.answer_checker import AnswerChecker
from assistant.steps.composer import ExtractiveComposer
from indexing.models import RankedPassage
from indexing.passage_splitter import split_edition
from knowledge_base.models import ValidityStatus
from knowledge_base.validity import editions
from tests.assistant.in_memory import REGIONS, a_counter
from tests.factories import DEMO_CITY, OTHER_DEMO_DISTRICT, a_moment, a_revision, a_screened_question

EDITION = editions((a_revision(effective_on=date(2024, 1, 1)),))[0]
EVIDENCE = Evidence(tuple(AcceptedPassage(RankedPassage(p, 1.0, 0.9, 5.0), edition=EDITION) for p in split_edition(EDITION)), (), "s")
QUESTION = UnderstoodQuestion("申领居住证应当提交什么", (), DEMO_CITY, date(2024, 6, 1), a_screened_question(asked_at=a_moment()))


@pytest.fixture(scope="module")
def composer() -> ExtractiveComposer:
    return a_counter().assistant.composer


@pytest.fixture
def draft(composer: ExtractiveComposer) -> DraftAnswer:
    return composer.compose(QUESTION, EVIDENCE)


def test_an_honest_draft_has_no_faults(draft: DraftAnswer) -> None:
    assert AnswerChecker(REGIONS).faults(draft, EVIDENCE, QUESTION) == ()


def _citation(draft: DraftAnswer, **changes: object) -> DraftAnswer:
    return replace(draft, citations=(replace(draft.citations[0], **changes), *draft.citations[1:]))  # type: ignore[arg-type]


TAMPERINGS: dict[str, Callable[[DraftAnswer], DraftAnswer]] = {
    "a changed number in the quote": lambda draft: _citation(draft, quote=draft.citations[0].quote.replace("居住证", "暂住证")),
    "shifted offsets": lambda draft: _citation(draft, start=draft.citations[0].start + 1),
    "an edition that was not found": lambda draft: _citation(draft, edition=9),
    "a document that was not found": lambda draft: _citation(draft, document_id="other"),
    "a status that is not in force": lambda draft: _citation(draft, validity=ValidityStatus.REPEALED),
    "another region": lambda draft: _citation(draft, jurisdiction=OTHER_DEMO_DISTRICT),
    "a line that is not in the quote": lambda draft: replace(
        draft, blocks=(*draft.blocks, AnswerBlock(BlockKind.QUOTE, ("每人补贴一万元。",), citation=1))
    ),
    "a quote without a citation": lambda draft: replace(
        draft, blocks=(*draft.blocks, AnswerBlock(BlockKind.QUOTE, (draft.citations[0].quote,)))
    ),
    "a guide's line without its guide": lambda draft: replace(
        draft, blocks=(*draft.blocks, AnswerBlock(BlockKind.GUIDE, ("免费",), "收费标准", 1))
    ),
    "generated text, which no draft may hold": lambda draft: replace(
        draft, blocks=(AnswerBlock(BlockKind.GENERATED, ("应当提交身份证明。",), line_citations=((1,),)), *draft.blocks)
    ),
    "no citation at all": lambda draft: replace(draft, blocks=(), citations=()),
}


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_whatever_is_tampered_with_is_found(draft: DraftAnswer, tampering: Callable[[DraftAnswer], DraftAnswer]) -> None:
    assert AnswerChecker(REGIONS).faults(tampering(draft), EVIDENCE, QUESTION)


def test_a_text_that_no_longer_binds_on_the_day_is_found(draft: DraftAnswer) -> None:
    assert AnswerChecker(REGIONS).faults(draft, EVIDENCE, replace(QUESTION, as_of=date(2023, 12, 31)))
