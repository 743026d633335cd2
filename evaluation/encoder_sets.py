"""Question sets with their texts, to tune the encoder on: labelled sets in BEIR layout, the installation's own content, service guides."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

from api.container import Container, build_container
from api.settings import Settings
from evaluation.datasets import Dataset, load_dataset
from evaluation.errors import DatasetUnreadable
from evaluation.training_sets import OWN, OWN_LICENCE, question_set, rows_of_documents
from evaluation.workspace import read_workspace
from evaluation.written_questions import on_passages, read_written_questions
from indexing.ports import Progress
from indexing.training.encoder_lessons import EncoderSet, GuideText
from indexing.training.encoder_recipe import EncoderRecipe
from indexing.training.models import QuestionSet, TrainingQuestion
from indexing.training.questions import own_questions, sentences
from indexing.training.recipe import Recipe
from indexing.training.recipe_files import NamesLicences
from indexing.training.train_encoder import GuideSource


def base_alone(settings: Settings) -> Settings:
    """Without anything trained: negatives are mined with the base, and it is what the result is compared with."""
    return Settings(**{**settings.model_dump(), "encoder": "off", "adapter": "", "reranker": "off"})


def labelled_encoder_sets(
    folder: Path, settings: Settings, recipe: EncoderRecipe, progress: Progress, written: Sequence[Path] = ()
) -> tuple[EncoderSet, ...]:
    """The labelled set, and one on its corpus for each file of written questions that names articles of it.

    Its texts are embedded once, in the same workspace as `evaluate retrieval`. Raises DatasetUnreadable and what that raises.
    """
    dataset, further = load_dataset(folder), [(path.stem, read_written_questions(path)) for path in written]
    container = read_workspace(dataset, base_alone(settings), progress)
    passages, vectors = container.synchroniser().embedded_passages(progress)
    rows, texts = rows_of_documents(passages), [passage.search_text for passage in passages]

    def of(name: str, questions: tuple[TrainingQuestion, ...]) -> QuestionSet:
        return question_set(container, name, recipe.licence_of(name), (passages, vectors), questions, progress)

    labelled = tuple(
        TrainingQuestion(question.id, question.text, right)
        for question in dataset.questions
        if (right := tuple(row for document in question.relevant for row in rows.get(document, ())))
    )
    named = ((name, on_passages(questions, passages)) for name, questions in further)
    more = tuple(EncoderSet(of(name, placed), texts) for name, placed in named if placed)
    return (EncoderSet(of(dataset.name, labelled), texts, _keywords(dataset), _answers(dataset)), *more)


def own_encoder_set(container: Container, rules: Recipe, progress: Progress) -> EncoderSet:
    """Everything that is published here; asked as for the heads of the adapter. `container` on the base alone."""
    passages, vectors = container.synchroniser().embedded_passages(progress)
    questions = own_questions(passages, container.guides.all(), rules.facets, rules.questions, rules.validation.seed)
    found = question_set(container, OWN, OWN_LICENCE, (passages, vectors), questions, progress)
    return EncoderSet(found, [passage.search_text for passage in passages])


def own_container(settings: Settings) -> Container:
    return build_container(base_alone(settings))


def read_guide_source(path: Path, recipe: NamesLicences) -> GuideSource:
    """One JSON object with "title" and "text" a line, gzipped or not. Raises DatasetUnreadable, naming the line."""
    name, guides = path.resolve().parent.name, []
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                guides.append(_guide(path, number, line))
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DatasetUnreadable(path.name, f"读不出来或不是 UTF-8（{error}）。") from error
    if not guides:
        raise DatasetUnreadable(path.name, "里面没有办事指南。")
    return GuideSource(name, recipe.licence_of(name), tuple(guides))


def read_held_out(path: Path | None) -> frozenset[str]:
    """Ids of questions, one a line. Raises DatasetUnreadable."""
    if path is None:
        return frozenset()
    try:
        found = frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetUnreadable(str(path), f"读不出来（{error}）。每行写一个问题的编号。") from error
    if not found:
        raise DatasetUnreadable(str(path), "里面没有编号。每行写一个问题的编号。")
    return found


def _guide(path: Path, number: int, line: str) -> GuideText:
    try:
        row = json.loads(line)
        return GuideText(str(row["title"]), str(row["text"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetUnreadable(path.name, f"第 {number} 行不是含有 title 和 text 的 JSON。") from error


def _keywords(dataset: Dataset) -> dict[str, str]:
    return {question.id: question.keywords.replace("；", "，") for question in dataset.questions if question.keywords}


def _answers(dataset: Dataset) -> dict[str, list[str]]:
    return {question.id: sentences(question.answer) for question in dataset.questions if question.answer}
