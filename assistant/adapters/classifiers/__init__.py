"""Classifiers learned from labelled examples with scikit-learn and SciPy."""

from __future__ import annotations

from assistant.adapters.classifiers.file_shelf import FileClassifierShelf
from assistant.adapters.classifiers.learning_settings import LearningSettings, load_learning_settings
from assistant.adapters.classifiers.sklearn_trainer import SklearnTrainer

__all__ = ["FileClassifierShelf", "LearningSettings", "SklearnTrainer", "load_learning_settings"]
