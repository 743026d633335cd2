"""The parts with heavy libraries: they are imported on first use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from api.settings import DEFAULT_MODEL, Settings
from api.shipped_content import VOCABULARY
from api.wiring.words import Words
from assistant.classification import ClassifierShelf, ClassifierTrainer
from assistant.hotline.ports import OrderExporter
from assistant.hotline.webhook_deliveries import DeliveryStore, WebhookCourier
from assistant.hotline.webhook_rules import WebhookRules
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.adapters.snapshot_store import SnapshotStore
from indexing.ports import Embedder, Progress, Tokenizer
from indexing.tuning import Tuning
from indexing.vocabulary import load_vocabulary
from knowledge_base.models import Department, ServiceGuide
from knowledge_base.ports import Clock, DepartmentStore, DocumentParser
from knowledge_base.regions import RegionDirectory

if TYPE_CHECKING:
    from indexing.adapters.snapshot_searcher import SnapshotSearcher

# A command that lists policies shall not wait for the libraries that read Word files.
# ruff: noqa: PLC0415


def prepare_model(settings: Settings, progress: Progress | None = None) -> None:
    """Provisions the default embedder where it is used and not there yet. Raises EmbedderUnavailable."""
    if not settings.embedder:
        provision(settings, progress)


def load_embedding(settings: Settings) -> Embedder:
    from indexing.adapters.embedders import load_embedder

    prepare_model(settings)
    return load_embedder(settings.embedder_source, settings.embedder_precision, settings.embedder_threads or None)


def classifier_trainer(settings: Settings) -> ClassifierTrainer:
    """As the service learns, for measuring."""
    return classifiers(settings, load_embedding(settings), JiebaTokenizer(load_vocabulary(VOCABULARY)))[0]


def provision(settings: Settings, progress: Progress | None) -> Path:
    from indexing.adapters.model_provisioning import provision_default_model

    return provision_default_model(settings.models_folder / DEFAULT_MODEL, progress)


def searcher(  # noqa: PLR0913, PLR0917 (the parts of a search, in the order of its steps)
    snapshots: SnapshotStore, embedder: Embedder, words: Words, tuning: Tuning, regions: RegionDirectory, only: str | None = None
) -> SnapshotSearcher:
    from indexing.adapters.snapshot_searcher import SnapshotSearcher

    return SnapshotSearcher(snapshots, embedder, words.shipped(), tuning, regions, only, words.of)


def classifiers(settings: Settings, embedder: Embedder, tokenizer: Tokenizer) -> tuple[ClassifierTrainer, ClassifierShelf]:
    from assistant.adapters.classifiers import FileClassifierShelf, SklearnTrainer, load_learning_settings

    learning = load_learning_settings()
    shelf = FileClassifierShelf(settings.home / "classifiers", embedder, tokenizer, learning)
    return SklearnTrainer(embedder, tokenizer, learning), shelf


def parsers() -> tuple[DocumentParser, ...]:
    from knowledge_base.adapters.parsers import default_parsers

    return default_parsers()


def read_guides(path: Path, regions: RegionDirectory) -> Iterable[ServiceGuide]:
    from knowledge_base.adapters.entry_files import load_guides

    return load_guides(path, regions)


def read_departments(path: Path, regions: RegionDirectory) -> Iterable[Department]:
    from knowledge_base.adapters.entry_files import load_departments

    return load_departments(path, regions)


def exporters(departments: DepartmentStore) -> Mapping[str, OrderExporter]:
    from assistant.adapters.hotline.exporters import order_exporters

    def name(department_id: str) -> str:
        department = departments.get(department_id) if department_id else None
        return department.name if department else department_id

    return order_exporters(name)


def courier(settings: Settings, deliveries: DeliveryStore, rules: WebhookRules, clock: Clock) -> WebhookCourier | None:
    if not settings.webhook_addresses:
        return None
    from assistant.adapters.hotline.webhook_sender import SignedSender

    sender = SignedSender(settings.webhook_secret.get_secret_value(), rules)
    return WebhookCourier(deliveries, sender, frozenset(settings.webhook_addresses), rules, clock)
