"""An Embedder whose model runs elsewhere, behind OpenAI's /v1/embeddings. Prefixes are put in front here, as the model was trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from indexing.adapters.embedding_progress import report
from indexing.adapters.embedding_requests import AskedModel, EmbeddingEndpoint, Patience, ServiceRules
from indexing.adapters.model_prefixes import Prefixes, find_prefixes
from indexing.errors import EmbedderUnavailable
from indexing.paired_vectors import PAIR, paired_fingerprint
from indexing.ports import Progress, Vectors

_REVISION = "#"
_PROBE = "政策咨询"


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One model at the endpoint. `halves`: how many vectors of unit length stand in one of its rows."""

    asked: AskedModel
    fingerprint: str
    prefixes: Prefixes
    halves: int
    dimension: int


class ServiceEmbedder:
    """Implements Embedder. Two models asked one after the other, or one that gives both vectors at once."""

    def __init__(
        self, endpoint: EmbeddingEndpoint, models: Sequence[ServedModel], rules: ServiceRules, mask: Callable[[str], str] = str
    ) -> None:
        """`mask` takes personal data out of questions before they leave this machine."""
        self._endpoint, self._models, self._rules, self._mask = endpoint, tuple(models), rules, mask
        self.dimension = sum(model.dimension for model in models)
        names = [model.fingerprint for model in models]
        self.fingerprint = names[0] if len(names) == 1 else paired_fingerprint(*names)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        def note(done: int) -> None:
            report(progress, done, len(texts))

        # The last of the models ends the work.
        parts = [self._vectors(model, model.prefixes.passage, texts, self._rules.passages) for model in self._models[:-1]]
        last = self._models[-1]
        return np.hstack([*parts, self._vectors(last, last.prefixes.passage, texts, self._rules.passages, note)])

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        masked = [self._mask(text) for text in texts]
        # Many at once are examples to learn from; nobody waits for one of them.
        patience = self._rules.question if len(texts) <= 1 else self._rules.passages
        return np.hstack([self._vectors(model, model.prefixes.query, masked, patience) for model in self._models])

    def _vectors(
        self, model: ServedModel, prefix: str, texts: Sequence[str], patience: Patience, note: Callable[[int], None] = lambda _: None
    ) -> Vectors:
        if not texts:
            return np.zeros((0, model.dimension), np.float32)
        rows = self._endpoint.vectors(model.asked, [prefix + text for text in texts], patience, note)
        if rows.shape[1] != model.dimension:
            raise EmbedderUnavailable(
                model.asked.name, f"向量服务给的是 {rows.shape[1]} 维，启动时是 {model.dimension} 维：服务换了模型。请重新启动本服务。"
            )
        return _unit(rows, model.halves)


def connect(endpoint: EmbeddingEndpoint, wanted: str, rules: ServiceRules, mask: Callable[[str], str] = str) -> ServiceEmbedder:
    """`wanted`: a model, two joined by "&" (the base model and the one tuned for search), or "" for what the service offers.

    "#" and what follows is not sent: it only tells vectors of a changed model from those before. Raises EmbedderUnavailable.
    """
    name, _, revision = wanted.partition(_REVISION)
    listed = {str(entry["id"]): entry for entry in endpoint.models()}
    name = name or _offered(listed)
    # One request for both vectors where the service has them together.
    names = (name,) if name in listed or PAIR not in name else tuple(name.split(PAIR))
    models = [_model(endpoint, one, listed.get(one, {}), revision, rules) for one in names]
    if len(models) > 2 or len({model.dimension for model in models}) > 1:
        raise EmbedderUnavailable(name, "“&”连接的应是维数相同的两个模型：原模型和为检索训练的模型。请核对 ZHENGWEN_EMBEDDER_MODEL。")
    return ServiceEmbedder(endpoint, models, rules, mask)


def _offered(listed: Mapping[str, Mapping[str, Any]]) -> str:
    """Zhengwen's own service lists first what it was set up with; of another, the only model there is."""
    first = next(iter(listed), "")
    if first and (len(listed) == 1 or listed[first].get("fingerprint")):
        return first
    offered = f"该服务有：{'、'.join(listed)}。" if listed else "该服务没有列出模型。"
    raise EmbedderUnavailable("（未指定）", f"没有指定模型，请设置 ZHENGWEN_EMBEDDER_MODEL。{offered}")


def _model(endpoint: EmbeddingEndpoint, name: str, entry: Mapping[str, Any], revision: str, rules: ServiceRules) -> ServedModel:
    """One vector is asked for: that tells whether the model is there, and how long its rows are."""
    asked = AskedModel(name, str(entry.get("fingerprint") or ""))
    width = endpoint.vectors(asked, [_PROBE], rules.question).shape[1]
    # Without a statement of what the vectors depend on, the name and the length are all there is to go by.
    fingerprint = asked.fingerprint or f"{name}@{width}/service"
    return ServedModel(
        asked=asked,
        fingerprint=f"{fingerprint}{_REVISION}{revision}" if revision else fingerprint,
        # Zhengwen's own service says how it tells questions from passages; of others the model's name does.
        prefixes=Prefixes(**entry["prefixes"]) if "prefixes" in entry else find_prefixes(name, {}),
        halves=2 if PAIR in fingerprint else 1,
        dimension=width,
    )


def _unit(rows: Vectors, halves: int) -> Vectors:
    """Each half at unit length, as the ports promise; a row of zeros stays one."""
    parts = rows.reshape(len(rows), halves, -1)
    lengths = np.linalg.norm(parts, axis=2, keepdims=True)
    unit: Vectors = (parts / np.maximum(lengths, 1e-9)).reshape(len(rows), -1).astype(np.float32)
    return unit
