"""Keeps what the router knows up to date: looks for changes now and then, learns again only where something has changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import structlog
import yaml

from assistant.classification import ClassifierShelf, ClassifierState, ClassifierTrainer, LabelledText, ScoredLabel, TextClassifier
from assistant.confidence import threshold_for
from assistant.errors import ClassifierError, InvalidExamples
from assistant.measured_learning import THRESHOLD, learn_measured, usable
from assistant.routing import RoutingExampleStore
from assistant.routing_knowledge import KnownText, RoutingKnowledge, TextKind, known_texts, lessons
from assistant.routing_settings import RoutingSettings
from indexing.ports import Embedder, Vectors
from knowledge_base.models import Department
from knowledge_base.ports import DepartmentStore, GuideStore

log = structlog.get_logger(__name__)

CLASSIFIER = "routing"
DEMONSTRATION_EXAMPLES = Path(__file__).parent / "examples" / "demonstration" / "routing.yaml"


class RoutingTeacher:
    """Safe to share between threads. `labelled` gives an administrator's messages by department id."""

    def __init__(  # noqa: PLR0913 - one keyword per source of knowledge
        self,
        *,
        departments: DepartmentStore,
        guides: GuideStore,
        past: RoutingExampleStore,
        labelled: Callable[[], Mapping[str, Sequence[str]]],
        embedder: Embedder,
        trainer: ClassifierTrainer,
        shelf: ClassifierShelf,
        settings: RoutingSettings,
    ) -> None:
        self._departments, self._guides, self._past, self._labelled = departments, guides, past, labelled
        self._embedder, self._trainer, self._shelf, self._settings = embedder, trainer, shelf, settings
        self._lock, self._looked_at = threading.Lock(), -settings.refresh_s
        self._texts: tuple[KnownText, ...] | None = None
        self._knowledge: RoutingKnowledge | None = None
        self._learner: threading.Thread | None = None
        self._learns = False

    def knowledge(self) -> RoutingKnowledge:
        """What is known now. Nobody waits for a training: until `learn` has learned anew, what is on the shelf serves."""
        known = self._knowledge
        if known is not None and (time.monotonic() - self._looked_at < self._settings.refresh_s or not self._lock.acquire(blocking=False)):
            return known
        if known is None:
            self._lock.acquire()
        try:
            return self._refreshed()
        finally:
            self._lock.release()

    def learn(self) -> None:
        """Learns what has changed since the last training, and from now on whatever changes, in a thread of its own."""
        self._learns = True
        self._learn_beside(self.knowledge())

    def settled(self) -> RoutingKnowledge:
        """What is known once nothing is being learned any more."""
        self.knowledge()
        if self._learner:
            self._learner.join()
        return self.knowledge()

    def train(self) -> None:
        """Learns anew, whatever is on the shelf. Raises TooFewExamples, InvalidExamples."""
        departments, texts = self._sources()
        self._learn(lessons(texts, departments), texts)

    def state(self) -> ClassifierState:
        """Raises ClassifierMismatch, ClassifierDamaged, InvalidExamples."""
        departments, texts = self._sources()
        examples, saved = lessons(texts, departments), self._shelf.load(CLASSIFIER)
        if saved is None:
            return ClassifierState(CLASSIFIER, (), "", "", len(examples), False, {})
        current, names = saved.training_digest == self._trainer.digest(examples), tuple(_name(label, departments) for label in saved.labels)
        facts = self._shelf.facts(CLASSIFIER)
        return ClassifierState(CLASSIFIER, names, saved.training_digest, saved.embedder_fingerprint, len(examples), current, facts)

    def _sources(self) -> tuple[dict[str, Department], tuple[KnownText, ...]]:
        departments = {department.id: department for department in self._departments.all()}
        return departments, known_texts(departments.values(), self._guides.all(), self._labelled(), self._past.all())

    def _refreshed(self) -> RoutingKnowledge:
        departments, texts = self._sources()
        self._looked_at = time.monotonic()
        if self._knowledge is None or texts != self._texts or departments != self._knowledge.departments:
            vectors = self._vectors([text.text for text in texts])
            before = self._knowledge
            known = (before.classifier, before.threshold) if before else self._kept()
            self._texts, self._knowledge = texts, RoutingKnowledge(departments, texts, vectors, *known)
            if self._learns:
                self._learner = threading.Thread(target=self._learn_beside, args=(self._knowledge,), name="routing-learner", daemon=True)
                self._learner.start()
        return self._knowledge

    def _learn_beside(self, known: RoutingKnowledge) -> None:
        """Callers are answered meanwhile. What has changed again since is left to the next round."""
        try:
            classifier, threshold = self._classifier(known.texts, known.departments)
        except Exception as error:  # a thread of its own: nobody else would tell of it
            log.exception("routing_not_learned", error=type(error).__name__)
            return
        if self._knowledge is known:
            self._knowledge = replace(known, classifier=classifier, threshold=threshold)

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        """Only what is new is embedded: a caller waits while somebody learns of one order that was sent back."""
        before = self._knowledge
        known = dict(zip((text.text for text in before.texts), before.vectors, strict=True)) if before else {}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        if not known or not texts:
            return self._embedder.embed_queries(texts)
        if new:
            known |= dict(zip(new, self._embedder.embed_queries(new), strict=True))
        return np.stack([known[text] for text in texts])

    def _classifier(self, texts: Sequence[KnownText], departments: Mapping[str, Department]) -> tuple[TextClassifier | None, float]:
        """The saved one if it was trained on just these texts, else a new one; None where there is too little to learn from."""
        examples, fallback = lessons(texts, departments), self._settings.automatic.fallback
        try:
            saved = self._saved(examples)
            if saved is None:
                saved = self._learn(examples, texts)
            return saved, self._shelf.facts(CLASSIFIER).get(THRESHOLD, fallback)
        except ClassifierError as error:
            log.warning("routing_without_classifier", error=type(error).__name__)
            return None, fallback

    def _saved(self, examples: Sequence[LabelledText]) -> TextClassifier | None:
        """The one on the shelf if it is what would be learned now."""
        saved = usable(self._shelf, CLASSIFIER)
        return saved if saved is not None and saved.training_digest == self._trainer.digest(examples) else None

    def _kept(self) -> tuple[TextClassifier | None, float]:
        """The one on the shelf, even where the examples have changed since."""
        return usable(self._shelf, CLASSIFIER), self._shelf.facts(CLASSIFIER).get(THRESHOLD, self._settings.automatic.fallback)

    def _learn(self, examples: Sequence[LabelledText], texts: Iterable[KnownText]) -> TextClassifier:
        learned = learn_measured(self._trainer, examples)
        self._shelf.save(CLASSIFIER, learned.classifier, {**learned.facts, THRESHOLD: self._threshold(examples, learned.unseen, texts)})
        log.info("routing_learned", examples=len(examples), departments=len(learned.classifier.labels))
        return learned.classifier

    def _threshold(self, examples: Sequence[LabelledText], unseen: Sequence[tuple[ScoredLabel, ...]], texts: Iterable[KnownText]) -> float:
        """From what people say, not from the directory's own words, which are easier to tell apart."""
        said = {text.text for text in texts if text.kind is TextKind.EXAMPLE}
        scored = [
            (guesses[0].confidence, guesses[0].label == example.label)
            for example, guesses in zip(examples, unseen, strict=True)
            if example.text in said
        ]
        found = threshold_for(self._settings.automatic.target_precision, scored)
        return found if found is not None else self._settings.automatic.fallback


def _name(department_id: str, departments: Mapping[str, Department]) -> str:
    found = departments.get(department_id)
    return found.name if found else department_id


def read_labelled(*paths: Path) -> Mapping[str, tuple[str, ...]]:
    """Messages by department id from YAML files, those that exist. Raises InvalidExamples."""
    found: dict[str, tuple[str, ...]] = {}
    for path in paths:
        for department_id, messages in _table(path).items() if path.is_file() else ():
            if not isinstance(messages, list):
                raise InvalidExamples(path.name, f"“{department_id}”下面应当是一个列表，每条一句话")
            said = (str(message).strip() for message in messages)
            found[str(department_id)] = (*found.get(str(department_id), ()), *(message for message in said if message))
    return found


def _table(path: Path) -> Mapping[object, object]:
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidExamples(path.name, "不是有效的 YAML 文件（UTF-8 编码）") from error
    if not isinstance(table, dict):
        raise InvalidExamples(path.name, "最外层应当是“部门编号: 说法列表”")
    return table
