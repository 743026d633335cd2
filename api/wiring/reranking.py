"""The order of the best hits by the vectors of their tokens, where weights ship, the encoder fits them and nobody has switched it off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from api.metrics import ServiceMetrics
from api.settings import Settings
from indexing.errors import IndexingError, RerankerUnavailable
from indexing.reranking import RerankLoad
from indexing.training import SHIPPED_TOKENS, TOKENS_FILE

if TYPE_CHECKING:
    from indexing.adapters.token_weights import TokenWeights

_log = structlog.get_logger(__name__)


def token_weights(settings: Settings, running: Callable[[], str] | None) -> TokenWeights | None:
    """`running` names the tuned encoder in use, asked only where something must fit it; None where the base model stands alone.

    None: searches do without. Weights that the settings name raise RerankerUnavailable, RerankerMismatch; those that ship are passed over
    where they do not fit.
    """
    if settings.reranker == "off":
        return None
    if settings.reranker != "auto":
        return _read(_file(Path(settings.reranker)), running)
    try:
        return _read(SHIPPED_TOKENS, running) if SHIPPED_TOKENS.is_file() and running else None
    except IndexingError as error:
        # An own encoder was chosen, or the installation is damaged: no reason to leave citizens without answers.
        _log.warning("reranker_unused", reason=str(error))
        return None


def rerank_load(metrics: ServiceMetrics) -> RerankLoad:
    """All searchers of a process share one line of people."""
    return RerankLoad(lambda: len(metrics.line), metrics.count_second_reading)


def _file(chosen: Path) -> Path:
    return chosen / TOKENS_FILE if chosen.is_dir() else chosen


def _read(path: Path, running: Callable[[], str] | None) -> TokenWeights:
    # A command that lists policies shall not wait for the libraries that read weights.
    from indexing.adapters.token_weights import check_fits, read_token_weights  # noqa: PLC0415

    if running is None:
        raise RerankerUnavailable("细排用检索模型的词元，而 ZHENGWEN_ENCODER 是 off 或者换了向量模型。")
    weights = read_token_weights(path)
    check_fits(weights, str(path), running())
    return weights
