"""What a set that trained the adapter would score without having trained it: each question asked of an adapter that never saw it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from api.settings import Settings
from evaluation.datasets import Dataset
from evaluation.evaluate_retrieval import rank_documents
from evaluation.retrieval_scores import RankingScores, bootstrap_intervals, mean_scores, score_ranking
from evaluation.workspace import open_workspace
from indexing.adapter_card import RESIDUAL_MLP, AdapterCard
from indexing.models import RankingMode
from indexing.paired_vectors import searched_model
from indexing.ports import Progress
from indexing.training.models import QuestionSet, Split
from indexing.training.ports import HeadTrainer
from indexing.training.recipe import Recipe
from indexing.training.splits import folds, hold_out
from indexing.training.train_adapter import Plan, train_heads

MODES = (RankingMode.HYBRID, RankingMode.ADAPTED)
_ROUNDING = 4


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSet:
    """A set twice: as it is searched, and as it trains."""

    dataset: Dataset
    questions: QuestionSet


@dataclass(frozen=True, slots=True)
class HeldOutQuestion:
    """`places` (1 = first) of the right documents among the first hundred, by ranking mode."""

    dataset: str
    question: str
    fold: int
    places: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class CrossValidation:
    """One line per question, and the means with intervals as `evaluate retrieval` gives them."""

    questions: tuple[HeldOutQuestion, ...]
    rows: dict[str, dict[str, Any]]


def cross_validate(  # noqa: PLR0913, PLR0917 (what is trained, how, and where it is searched)
    labelled: Sequence[LabelledSet],
    own: Sequence[QuestionSet],
    count: int,
    recipe: Recipe,
    trainer: HeadTrainer,
    base_fingerprint: str,
    settings: Settings,
    progress: Progress,
) -> CrossValidation:
    """`count` adapters, each trained on the other folds of every labelled set together, searched as the product searches.

    `own` content teaches in every fold and is not asked. The workspaces keep the index of the last fold until their next use.
    """
    parts = [folds(each.questions.questions, count, recipe.validation.seed) for each in labelled]
    found: list[HeldOutQuestion] = []
    scores: dict[str, dict[str, list[RankingScores]]] = {}
    for fold in range(count):
        plan: Plan = [
            *((each.questions, _within(each.questions, splits[fold], recipe)) for each, splits in zip(labelled, parts, strict=True)),
            *((one, hold_out(one.questions, recipe.validation.share, recipe.validation.seed)) for one in own),
        ]
        said = _numbered(progress, fold + 1, count)
        heads = train_heads(plan, recipe, trainer, said)
        dimension = plan[0][0].vectors.shape[1]
        card = AdapterCard(recipe.name, RESIDUAL_MLP, searched_model(base_fingerprint), base_fingerprint, dimension, "", {}, "")
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "adapter"
            trainer.assemble([head.tensors for head in heads], card).save(folder)
            for each, splits in zip(labelled, parts, strict=True):
                asked = {each.questions.questions[place].id for place in splits[fold].held_out}
                found += _ask(each.dataset, asked, fold + 1, Settings(**{**settings.model_dump(), "adapter": str(folder)}), scores, said)
    return CrossValidation(tuple(found), {name: {mode: _row(each) for mode, each in modes.items()} for name, modes in scores.items()})


def _within(one: QuestionSet, split: Split, recipe: Recipe) -> Split:
    """What is left to teach in this fold gives up its own validation part, so that the held-out questions choose no epoch."""
    inner = hold_out([one.questions[place] for place in split.taught], recipe.validation.share, recipe.validation.seed)
    return Split(tuple(split.taught[place] for place in inner.taught), tuple(split.taught[place] for place in inner.held_out))


def _ask(  # noqa: PLR0913, PLR0917 (who asks what, and where the scores go)
    dataset: Dataset,
    asked: set[str],
    fold: int,
    settings: Settings,
    scores: dict[str, dict[str, list[RankingScores]]],
    progress: Progress,
) -> list[HeldOutQuestion]:
    searcher = open_workspace(dataset, settings, progress).searcher()
    questions = [question for question in dataset.questions if question.id in asked]
    found = []
    for done, question in enumerate(questions, start=1):
        places: dict[str, list[int]] = {}
        for mode in MODES:
            ranked = rank_documents(searcher, question.text, mode)
            places[mode.value] = [place for place, document in enumerate(ranked, start=1) if document in question.relevant]
            scored = score_ranking(ranked, question.relevant)
            scores.setdefault(dataset.name, {}).setdefault(mode.value, []).append(scored)
        found.append(HeldOutQuestion(dataset.name, question.id, fold, places))
        progress("检索没有学过的问题", done, len(questions))
    return found


def _row(scores: Sequence[RankingScores]) -> dict[str, Any]:
    intervals = {name: [round(low, _ROUNDING), round(high, _ROUNDING)] for name, (low, high) in bootstrap_intervals(scores).items()}
    means = {name: round(mean, _ROUNDING) for name, mean in mean_scores(scores).items()}
    return {"queries": len(scores), **means, "intervals": intervals}


def as_lines(found: CrossValidation) -> list[dict[str, Any]]:
    return [asdict(question) for question in found.questions]


def _numbered(progress: Progress, number: int, total: int) -> Progress:
    return lambda step, done, all_: progress(f"第 {number}/{total} 折：{step}", done, all_)
