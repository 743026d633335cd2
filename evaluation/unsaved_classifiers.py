"""A shelf in memory: what is trained for measuring must not take the place of what answers."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.classification import TextClassifier


class UnsavedClassifiers:
    """Implements ClassifierShelf."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[TextClassifier, dict[str, float]]] = {}

    def save(self, name: str, classifier: TextClassifier, facts: Mapping[str, float] | None = None) -> None:
        self._kept[name] = classifier, dict(facts or {})

    def facts(self, name: str) -> Mapping[str, float]:
        return self._kept[name][1] if name in self._kept else {}

    def load(self, name: str) -> TextClassifier | None:
        return self._kept[name][0] if name in self._kept else None
