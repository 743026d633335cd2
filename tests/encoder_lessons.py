"""Question sets with texts for tests of the encoder's tuning: our own demonstration guides, asked for by title and alias."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from indexing.passage_splitter import guide_passage
from indexing.training.encoder_lessons import EncoderSet
from indexing.training.encoder_recipe import EncoderRecipe, load_encoder_recipe
from indexing.training.models import QuestionSet, TrainingQuestion
from knowledge_base.adapters.entry_files import load_guides
from tests.fakes.embedder import FakeEmbedder

GUIDES = load_guides(Path(__file__).parents[1] / "knowledge_base" / "seeds" / "demo" / "guides.yaml")


def a_quick_recipe(**parts: dict[str, object]) -> EncoderRecipe:
    """Three steps in the last two layers; `parts` change entries, e.g. optimiser={"epochs": 2}."""
    shipped = load_encoder_recipe()
    small: dict[str, dict[str, object]] = {
        "shape": {"first_layer": 10, "rank": 4, "question_tokens": 16, "passage_tokens": 32},
        "optimiser": {"epochs": 1, "questions_per_batch": 4, "learning_rate": 2e-3},
        "negatives": {"per_question": 1, "depth": 8, "skip": 1},
        "pace": {"checkpoint_steps": 1},
        "validation": {"share": 0.25, "bootstrap_rounds": 50, "passages": 5},
        "measuring": {"passages": 2, "queries": 1},
    }
    for name, changes in parts.items():
        small[name] = {**small.get(name, {}), **changes}
    return replace(shipped, **{name: replace(getattr(shipped, name), **changes) for name, changes in small.items()})  # type: ignore[arg-type]  # a test's own choice


def an_encoder_set(count: int = 16, name: str = "demonstration") -> EncoderSet:
    """One question a guide, with keywords and an answer as a labelled set has them."""
    guides = GUIDES[:count]
    texts = [guide_passage(guide).search_text for guide in guides]
    questions = tuple(TrainingQuestion(guide.id, guide.title, (row,)) for row, guide in enumerate(guides))
    embedder = FakeEmbedder()
    asked = embedder.embed_queries([question.text for question in questions])
    found = QuestionSet(name, "自编", np.arange(len(guides)), embedder.embed_passages(texts), questions, asked)
    answers = {guide.id: [f"办理{guide.title}的第一步是提出申请。", f"{guide.title}由窗口受理。"] for guide in guides}
    return EncoderSet(found, texts, {guide.id: f"{guide.title}，关键词" for guide in guides}, answers)
