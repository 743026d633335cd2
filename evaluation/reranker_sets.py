"""Lessons to train the token weights on: labelled and written questions with what the search gives for them, and service guides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from api.settings import Settings
from evaluation.datasets import load_dataset
from evaluation.training_sets import rows_of_documents
from evaluation.workspace import open_workspace
from evaluation.written_questions import on_passages, read_written_questions
from indexing.models import Passage
from indexing.ports import PassageSearcher, Progress
from indexing.training.models import TrainingQuestion
from indexing.training.reranker_lessons import LessonSet, guide_lessons, searched_lesson, with_right_texts
from indexing.training.reranker_recipe import RerankerRecipe
from indexing.training.splits import hold_out, hold_out_named
from indexing.training.train_encoder import GuideSource
from indexing.tuning import RerankingTuning


def without_reranker(settings: Settings) -> Settings:
    """What token weights have put in order already would teach the next ones nothing."""
    return Settings(**{**settings.model_dump(), "reranker": "off"})


def searched_sets(  # noqa: PLR0913, PLR0917 (a corpus, what is asked of it, and how)
    folder: Path,
    written: Sequence[Path],
    held_out: frozenset[str],
    settings: Settings,
    recipe: RerankerRecipe,
    tuning: RerankingTuning,
    progress: Progress,
) -> Iterator[LessonSet]:
    """The labelled set, and one on its corpus for each file of written questions that names articles of it.

    Searched in the same workspace as `evaluate retrieval`. Raises DatasetUnreadable and what that raises.
    """
    dataset, further = load_dataset(folder), [(path.stem, read_written_questions(path)) for path in written]
    container = open_workspace(dataset, without_reranker(settings), progress)
    passages, _ = container.synchroniser().embedded_passages(progress)
    rows = rows_of_documents(passages)
    labelled = tuple(
        TrainingQuestion(question.id, question.text, right)
        for question in dataset.questions
        if (right := tuple(row for document in question.relevant for row in rows.get(document, ())))
    )
    named = [(dataset.name, labelled), *((name, on_passages(questions, passages)) for name, questions in further)]
    for name, questions in named:
        if questions:
            yield _lessons(name, questions, held_out, passages, container.searcher(), recipe, tuning, progress)


def guide_set(source: GuideSource, recipe: RerankerRecipe) -> LessonSet:
    """Teaches only: what its questions are answered by was drawn, not found."""
    return LessonSet(source.name, source.licence, guide_lessons(source.name, source.guides, recipe.guides, recipe.seed))


def _lessons(  # noqa: PLR0913, PLR0917 (as above)
    name: str,
    questions: tuple[TrainingQuestion, ...],
    held_out: frozenset[str],
    passages: Sequence[Passage],
    searcher: PassageSearcher,
    recipe: RerankerRecipe,
    tuning: RerankingTuning,
    progress: Progress,
) -> LessonSet:
    rules, taught, tested = recipe.validation, [], []
    split = hold_out_named(questions, held_out) if held_out else hold_out(questions, rules.share, rules.seed)
    for done, place in enumerate([*split.taught, *split.held_out], start=1):
        question = questions[place]
        if done <= len(split.taught):
            found = searched_lesson(question, passages, searcher, recipe.candidates.hits)
            taught.append(with_right_texts(found, question, passages, recipe.candidates.right_texts))
        else:
            tested.append(searched_lesson(question, passages, searcher, tuning.candidates))
        progress("检索训练用的段落", done, len(split.taught) + len(split.held_out))
    return LessonSet(name, recipe.licence_of(name), tuple(taught), tuple(tested))
