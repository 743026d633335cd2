"""Question sets to train the vector adapter on: labelled sets in BEIR layout, and the installation's own content."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from api.container import Container
from api.settings import Settings
from evaluation.datasets import Dataset, load_dataset
from evaluation.workspace import read_workspace
from indexing.models import Passage
from indexing.ports import Progress, Vectors
from indexing.training.models import QuestionSet, TrainingQuestion
from indexing.training.questions import answer_sentences, own_questions
from indexing.training.recipe import Questions, Recipe

OWN = "本单位内容"
OWN_LICENCE = "本单位"


def labelled_set(folder: Path, settings: Settings, recipe: Recipe, progress: Progress) -> QuestionSet:
    """Its texts are embedded once, in the same workspace as `evaluate retrieval`. Raises DatasetUnreadable and what that raises."""
    dataset = load_dataset(folder)
    container = read_workspace(dataset, without_own_adapter(settings), progress)
    passages, vectors = container.synchroniser().embedded_passages(progress)
    questions = tuple(_labelled_questions(dataset, rows_of_documents(passages), recipe.questions))
    return question_set(container, dataset.name, recipe.licence_of(dataset.name), (passages, vectors), questions, progress)


def own_set(container: Container, recipe: Recipe, progress: Progress) -> QuestionSet:
    """Everything that is published here: guides, documents, laws that were imported."""
    passages, vectors = container.synchroniser().embedded_passages(progress)
    questions = own_questions(passages, container.guides.all(), recipe.facets, recipe.questions, recipe.validation.seed)
    return question_set(container, OWN, OWN_LICENCE, (passages, vectors), questions, progress)


def without_own_adapter(settings: Settings) -> Settings:
    """Whatever adapter was trained here before: what is learned stands on the vectors that are searched without one, or without tokens."""
    return Settings(**{**settings.model_dump(), "adapter": "", "reranker": "off"})


def rows_of_documents(passages: Sequence[Passage]) -> Mapping[str, Sequence[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        rows[passage.document_id].append(row)
    return rows


def _labelled_questions(dataset: Dataset, rows: Mapping[str, Sequence[int]], rules: Questions) -> Iterator[TrainingQuestion]:
    for question in dataset.questions:
        right = tuple(row for document in question.relevant for row in rows.get(document, ()))
        if not right:
            continue
        yield TrainingQuestion(question.id, question.text, right)
        wordings = answer_sentences(question.answer, rules.answer_sentences, rules)
        if rules.keywords and question.keywords:
            wordings.append(question.keywords.replace("；", " "))
        for number, text in enumerate(wordings, start=1):
            yield TrainingQuestion(f"{question.id}~{number}", text, right, restates=question.id)


def question_set(  # noqa: PLR0913, PLR0917 (what a set is made of)
    container: Container,
    name: str,
    licence: str,
    embedded: tuple[Sequence[Passage], Vectors],
    questions: tuple[TrainingQuestion, ...],
    progress: Progress,
) -> QuestionSet:
    """`embedded`: passages and what the embedder makes of them; the set holds what of it is searched, of a pair the tuned half."""
    passages, vectors = embedded
    numbers = {document: number for number, document in enumerate(dict.fromkeys(passage.document_id for passage in passages))}
    documents = np.array([numbers[passage.document_id] for passage in passages], dtype=np.int64)
    texts = [question.text for question in questions]
    synchroniser = container.synchroniser()
    asked = synchroniser.adapter.queries(synchroniser.vectors.questions(texts, progress).vectors)
    return QuestionSet(name, licence, documents, synchroniser.adapter.passages(vectors), questions, asked)
