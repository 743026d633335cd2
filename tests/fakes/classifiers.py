"""A classifier that counts shared character pairs, its trainer, and a shelf in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import pairwise

from assistant.classification import LabelledText, ScoredLabel, TextClassifier
from assistant.errors import ClassifierMismatch, TooFewExamples

FINGERPRINT = "fake-character-ngrams/64"


def pairs(text: str) -> Counter[str]:
    return Counter(left + right for left, right in pairwise(f"^{text}$"))


@dataclass
class FakeClassifier:
    """A label's score is the best share of character pairs with one of its examples."""

    examples: tuple[LabelledText, ...]
    training_digest: str
    embedder_fingerprint: str = FINGERPRINT
    labels: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.labels = tuple(sorted({one.label for one in self.examples}))

    def classify(self, text: str, title: str = "") -> tuple[ScoredLabel, ...]:
        wanted = pairs(title + text)
        scores = dict.fromkeys(self.labels, 0.01)
        for one in self.examples:
            shared = (wanted & pairs(one.title + one.text)).total() / max(wanted.total(), 1)
            scores[one.label] = max(scores[one.label], shared**4)
        total = sum(scores.values())
        return tuple(ScoredLabel(label, score / total) for label, score in sorted(scores.items(), key=lambda pair: (-pair[1], pair[0])))

    def classify_many(self, messages: Sequence[tuple[str, str]]) -> list[tuple[ScoredLabel, ...]]:
        return [self.classify(text, title) for title, text in messages]


class FakeTrainer:
    def digest(self, examples: Sequence[LabelledText]) -> str:
        rows = sorted((one.label, one.title, one.text) for one in examples)
        return blake2b(repr(rows).encode(), digest_size=8).hexdigest()

    def train(self, examples: Sequence[LabelledText]) -> TextClassifier:
        if len({one.label for one in examples}) < 2:
            raise TooFewExamples("样例里至少要有两种标签。")
        if not any((one.text + one.title).strip() for one in examples):
            raise TooFewExamples("没有带文字的样例。")
        ordered = sorted(examples, key=lambda one: (one.label, one.title, one.text))
        return FakeClassifier(tuple(ordered), self.digest(examples))

    def out_of_fold(self, examples: Sequence[LabelledText]) -> list[tuple[ScoredLabel, ...]]:
        labels = self.train(examples).labels
        return [self._without(one, examples, labels).classify(one.text, one.title) for one in examples]

    def _without(self, left_out: LabelledText, examples: Sequence[LabelledText], labels: tuple[str, ...]) -> FakeClassifier:
        rest = FakeClassifier(tuple(one for one in examples if one != left_out), "")
        rest.labels = labels
        return rest


class MemoryShelf:
    def __init__(self, embedder_fingerprint: str = FINGERPRINT) -> None:
        self._fingerprint = embedder_fingerprint
        self.kept: dict[str, tuple[TextClassifier, Mapping[str, float]]] = {}

    def save(self, name: str, classifier: TextClassifier, facts: Mapping[str, float] | None = None) -> None:
        self.kept[name] = classifier, dict(facts or {})

    def facts(self, name: str) -> Mapping[str, float]:
        return self.kept[name][1] if name in self.kept else {}

    def load(self, name: str) -> TextClassifier | None:
        if name not in self.kept:
            return None
        classifier = self.kept[name][0]
        if classifier.embedder_fingerprint != self._fingerprint:
            raise ClassifierMismatch(name, classifier.embedder_fingerprint, self._fingerprint)
        return classifier
