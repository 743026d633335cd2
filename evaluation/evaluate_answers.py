"""Measure what is shown on a labelled set, as the product answers: `zhengwen evaluate answers`."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.container import Container
from api.settings import Settings
from assistant.answer_status import AnswerStatus
from assistant.models import Answer, CitizenQuestion
from evaluation.answer_scores import ScoredAnswer, contains_span, rouge_l, summarise
from evaluation.datasets import LabelledQuestion, load_dataset
from evaluation.workspace import open_workspace
from indexing.ports import Progress

_ANSWERED = frozenset({AnswerStatus.ANSWERED, AnswerStatus.ANSWERED_FROM_GUIDE})


def evaluate_answers(folder: Path, settings: Settings, progress: Progress) -> dict[str, Any]:
    """The JSON of the command: {"dataset", "queries", "span_contained", "rouge_l", "answered", "citation_relevant", "quoted_chars_p90"}.

    Only questions with a labelled answer (`metadata.answer`) are asked, each in a conversation of its own. A refusal counts as not
    contained. Raises DatasetUnreadable, ValueError for a set without labelled answers, and what open_workspace raises.
    """
    dataset = load_dataset(folder)
    container = open_workspace(dataset, settings, progress)
    container.learn()
    labelled = [question for question in dataset.questions if question.answer]
    scored = []
    for done, question in enumerate(labelled, start=1):
        scored.append(score_answer(ask(container, question.text), question))
        progress("答复", done, len(labelled))
    scores = asdict(summarise(scored))
    return {"dataset": dataset.name} | {name: round(value, 4) for name, value in scores.items()}


def ask(container: Container, text: str) -> Answer:
    """A first question of nobody's region, today."""
    question = CitizenQuestion(text, uuid.uuid4().hex, None, container.today(), datetime.now(UTC))
    return container.assistant().answer(question).answer


def score_answer(answer: Answer, question: LabelledQuestion) -> ScoredAnswer:
    """Judges the verbatim quotes alone; fixed wording neither helps nor counts."""
    quotes = [citation.quote for citation in answer.citations]
    return ScoredAnswer(
        answered=answer.status in _ANSWERED,
        span_contained=contains_span(quotes, question.answer),
        rouge_l=rouge_l("".join(quotes), question.answer),
        citation_relevant=any(citation.document_id in question.relevant for citation in answer.citations),
        quoted_chars=sum(len(quote) for quote in quotes),
    )
