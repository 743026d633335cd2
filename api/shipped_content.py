"""What comes with the program and is chosen by settings: regions, search parameters, hot questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from api.settings import Settings
from assistant.sensitive_topics import TOPICS_FILE, SensitiveTopics, load_sensitive_topics
from indexing.tuning import DEFAULT_TUNING_PATH, Tuning, load_tuning
from knowledge_base.regions import RegionDirectory

SEEDS = Path(__file__).parents[1] / "knowledge_base" / "seeds"
VOCABULARY = Path(__file__).parents[1] / "indexing" / "policy_vocabulary.yaml"


def shipped_regions(settings: Settings) -> RegionDirectory:
    demonstration = (SEEDS / "demo" / "regions.csv",) if settings.demonstration else ()
    return RegionDirectory.from_csv(SEEDS / "regions.csv", *demonstration)


def chosen_tuning(settings: Settings) -> Tuning:
    """Raises InvalidTuning."""
    tuning = load_tuning(settings.tuning or DEFAULT_TUNING_PATH)
    return replace(tuning, snapshots=replace(tuning.snapshots, keep=settings.keep_snapshots))


def sensitive_topics(settings: Settings) -> SensitiveTopics:
    """An administrator's own list stands for the shipped one. Raises InvalidTopics."""
    own = settings.home / "sensitive_topics.toml"
    return load_sensitive_topics(own if own.is_file() else TOPICS_FILE)


def hot_questions(settings: Settings) -> tuple[str, ...]:
    """Of the demonstration place; none where it is switched off."""
    path = SEEDS / "demo" / "hot_questions.yaml"
    if not settings.demonstration or not path.is_file():
        return ()
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8")))


def golden_files(settings: Settings) -> tuple[Path, ...]:
    """The administrators' own list, and that of the demonstration place where it is shown."""
    own = settings.home / "golden.jsonl"
    return (own, SEEDS / "demo" / "golden.jsonl") if settings.demonstration else (own,)
