"""A small catalogue, the assistant over it, and golden questions about it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assistant.answer_status import AnswerStatus
from assistant.departments import card_of
from assistant.models import Answer
from assistant.wording import load_wording
from evaluation.ask_golden import Asked
from evaluation.golden_set import Expectation
from evaluation.source_book import SourceBook, sentences_of
from knowledge_base.models import DocumentRevision, ServiceGuide
from knowledge_base.validity import editions
from tests.assistant.in_memory import REGIONS, TODAY, Counter, a_counter
from tests.factories import DEMO_CITY, a_department, a_revision

TEXT = (
    "第一条 申领居住证，应当提交身份证明和居住地址证明。\n"
    "第二条 居住证自受理之日起十五个工作日内制发。\n补领居住证的，工本费10元。\n"
    "第三条 本办法自2024年1月1日起施行。\n"
)
RESIDENCE = a_revision(text=TEXT, document_number="示政规〔2024〕1号", number=1)
OLD = a_revision("d-old", text=TEXT.replace("十五", "三十"), title="示范市暂住证管理办法", repealed_on=date(2024, 1, 1))


@dataclass(frozen=True)
class Place:
    counter: Counter
    sources: SourceBook

    def says(self, question: str, as_of: date = TODAY) -> Answer:
        return self.counter.ask(question, as_of=as_of).answer


def a_place(revisions: tuple[DocumentRevision, ...] = (RESIDENCE, OLD), guides: tuple[ServiceGuide, ...] = ()) -> Place:
    counter = a_counter(revisions, guides)
    return Place(counter, sources_of(revisions, guides))


def sources_of(revisions: tuple[DocumentRevision, ...], guides: tuple[ServiceGuide, ...] = ()) -> SourceBook:
    wording = load_wording()
    known = [edition for revision in revisions for edition in editions([revision])]
    cards = (card_of(a_department()), wording.hotline)
    return SourceBook(
        {(edition.document_id, edition.number): edition for edition in known},
        {guide.id: guide for guide in guides},
        {card.id: card for card in cards},
        REGIONS,
        sentences_of(wording),
    )


def expecting(*statuses: AnswerStatus, **labels: Any) -> Expectation:
    return Expectation(frozenset(statuses), **labels)


def asked(text: str = "居住证多久能办好", region: str | None = DEMO_CITY, as_of: date = TODAY) -> Asked:
    return Asked((text,), region, as_of)


def a_row(**fields: Any) -> dict[str, Any]:
    """A line of questions.jsonl."""
    row = {
        "id": "g-0002",
        "question": "居住证怎么办，要带什么材料？",
        "region": DEMO_CITY,
        "as_of": "2026-11-22",
        "style": "plain",
        "kind": "in_scope",
        "expect": ["answered"],
        "provisions": [],
        "guides": [],
        "department": "",
        "facets": [],
        "must_not_cite": [],
        "note": "",
    }
    return row | fields


def write_rows(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return folder
