"""The parts with heavy libraries: they are imported on first use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from api.settings import DEFAULT_MODEL, Settings
from api.shipped_content import VOCABULARY
from api.wiring.index import Snapshots
from api.wiring.privacy import mask
from api.wiring.reranking import token_weights
from api.wiring.words import Words
from assistant.classification import ClassifierShelf, ClassifierTrainer
from assistant.hotline.ports import OrderExporter
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.paired_vectors import BaseHalf, SearchHalf, is_paired
from indexing.ports import Embedder, Progress, Tokenizer, VectorAdapter
from indexing.reranking import RerankLoad
from indexing.training import ENCODER_FILE, SHIPPED_ENCODER
from indexing.training.models import TrainedAdapter
from indexing.training.ports import EncoderTrainer, HeadTrainer, TokenTrainer
from indexing.tuning import Tuning
from indexing.vector_adaptation import UNADAPTED
from indexing.vocabulary import load_vocabulary
from knowledge_base.models import Department, ServiceGuide
from knowledge_base.ports import DepartmentStore, DocumentParser
from knowledge_base.regions import RegionDirectory

if TYPE_CHECKING:
    from indexing.adapters.snapshot_searcher import SnapshotSearcher

# A command that lists policies shall not wait for the libraries that read Word files.
# ruff: noqa: PLC0415


def prepare_model(settings: Settings, progress: Progress | None = None) -> None:
    """Provisions the default embedder where it is used and not there yet. Raises EmbedderUnavailable."""
    if settings.uses_own_model:
        provision(settings, progress)


def load_embedding(settings: Settings) -> Embedder:
    """Raises EmbedderUnavailable."""
    return embedding_service(settings) if settings.embedder_url else load_own_embedding(settings)


def embedding_service(settings: Settings) -> Embedder:
    from indexing.adapters.embedding_requests import EmbeddingEndpoint, load_service_rules
    from indexing.adapters.service_embedder import connect

    rules = load_service_rules(settings.embedder_timeout_s)
    endpoint = EmbeddingEndpoint(settings.embedder_url, settings.embedder_key.get_secret_value(), rules)
    return connect(endpoint, settings.embedder_model, rules, mask)


def load_own_embedding(settings: Settings) -> Embedder:
    """On this machine, whatever service there may be beside."""
    from indexing.adapters.embedders import load_embedder

    if not settings.embedder:
        provision(settings, None)
    precision, threads = settings.embedder_precision, settings.embedder_threads or None
    weights = tuned_encoder(settings)
    if weights is None:
        token_weights(settings, None)
        return load_embedder(settings.embedder_source, precision, threads)
    from indexing.adapters.encoder_adaptation import read_adaptation
    from indexing.adapters.paired_encoder import load_pair

    tokens = token_weights(settings, lambda: read_adaptation(weights).fingerprint)
    return load_pair(Path(settings.embedder_source), weights, precision, threads, tokens)


def tuned_encoder(settings: Settings) -> Path | None:
    """The file of encoder_adaptation that is used; None for the base alone."""
    if settings.encoder not in {"", "off"}:
        chosen = Path(settings.encoder)
        return chosen / ENCODER_FILE if chosen.is_dir() else chosen
    # Whoever chose another model did not choose what was tuned of the default one.
    shipped = settings.encoder != "off" and Path(settings.embedder_source).name == DEFAULT_MODEL and SHIPPED_ENCODER.is_file()
    return SHIPPED_ENCODER if shipped else None


def vector_adapter(settings: Settings, embedder: Embedder) -> VectorAdapter:
    """The one that the next snapshot is made with. Raises AdapterUnavailable, AdapterMismatch."""
    trained = _trained_adapter(settings, embedder)
    return SearchHalf(trained) if is_paired(embedder.fingerprint) else trained


def _trained_adapter(settings: Settings, embedder: Embedder) -> VectorAdapter:
    """The city's own."""
    if settings.adapter in {"", "off"}:
        return UNADAPTED
    from indexing.adapters.vector_adapter import check_fits, load_adapter

    adapter = load_adapter(Path(settings.adapter))
    check_fits(adapter, settings.adapter, embedder.fingerprint, BaseHalf(embedder).dimension)
    return adapter


def head_trainer() -> HeadTrainer:
    from indexing.adapters.head_trainer import TorchHeadTrainer

    return TorchHeadTrainer()


def encoder_trainer(settings: Settings) -> EncoderTrainer:
    """Learns on the default model, or the folder that stands in its place."""
    from indexing.adapters.encoder_trainer import TorchEncoderTrainer

    return TorchEncoderTrainer(Path(settings.embedder_source), settings.embedder_threads or None)


def token_trainer(settings: Settings) -> TokenTrainer | None:
    """Learns on the tuned encoder that is used; None where the base model stands alone."""
    weights = tuned_encoder(settings)
    if weights is None:
        return None
    from indexing.adapters.paired_encoder import load_states
    from indexing.adapters.token_trainer import TorchTokenTrainer

    threads = settings.embedder_threads or None
    return TorchTokenTrainer(load_states(Path(settings.embedder_source), weights, threads), threads)


def write_adapter(folder: Path, trained: TrainedAdapter) -> None:
    """Raises FileExistsError, OSError."""
    from indexing.adapters import adapter_folder

    adapter_folder.write_adapter(folder, trained)


def classifier_trainer(settings: Settings) -> ClassifierTrainer:
    """As the service learns, for measuring."""
    return classifiers(settings, BaseHalf(load_embedding(settings)), JiebaTokenizer(load_vocabulary(VOCABULARY)))[0]


def provision(settings: Settings, progress: Progress | None) -> Path:
    from indexing.adapters.model_provisioning import provision_default_model

    return provision_default_model(settings.models_folder / DEFAULT_MODEL, progress)


def searcher(  # noqa: PLR0913, PLR0917 (the parts of a search, in the order of its steps)
    snapshots: Snapshots,
    embedder: Embedder,
    words: Words,
    tuning: Tuning,
    regions: RegionDirectory,
    load: RerankLoad,
    only: str | None = None,
) -> SnapshotSearcher:
    from indexing.adapters.snapshot_searcher import SnapshotSearcher

    return SnapshotSearcher(snapshots, embedder, words.shipped(), tuning, regions, only, words.of, load)


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
