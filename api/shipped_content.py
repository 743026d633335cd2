"""What comes with the program and is chosen by settings: regions, search parameters, golden questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from api.settings import Settings
from assistant.sensitive_topics import TOPICS_FILE, SensitiveTopics, load_sensitive_topics
from indexing.tuning import DEFAULT_TUNING_PATH, Tuning, load_tuning

SEEDS = Path(__file__).parents[1] / "knowledge_base" / "seeds"
VOCABULARY = Path(__file__).parents[1] / "indexing" / "policy_vocabulary.yaml"


def region_files(settings: Settings) -> tuple[Path, ...]:
    """The later overrules the earlier."""
    return (SEEDS / "regions.csv", *((SEEDS / "demo" / "regions.csv",) if settings.demonstration else ()))


def chosen_tuning(settings: Settings) -> Tuning:
    """Raises InvalidTuning."""
    tuning = load_tuning(settings.tuning or DEFAULT_TUNING_PATH)
    return replace(tuning, snapshots=replace(tuning.snapshots, keep=settings.keep_snapshots))


def sensitive_topics(settings: Settings) -> SensitiveTopics:
    """An administrator's own list stands for the shipped one. Raises InvalidTopics."""
    own = settings.home / "sensitive_topics.toml"
    return load_sensitive_topics(own if own.is_file() else TOPICS_FILE)


def golden_files(settings: Settings) -> tuple[Path, ...]:
    """The administrators' own list, and that of the demonstration place where it is shown."""
    own = settings.home / "golden.jsonl"
    return (own, SEEDS / "demo" / "golden.jsonl") if settings.demonstration else (own,)
