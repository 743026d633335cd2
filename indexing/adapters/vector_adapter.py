"""Small trained heads on the pooled vectors of questions and passages, applied in numpy. Trains nothing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save
from scipy.special import erf

from indexing.adapter_card import RESIDUAL_MLP, AdapterCard
from indexing.errors import AdapterMismatch, AdapterUnavailable
from indexing.paired_vectors import searched_model
from indexing.ports import Vectors

TENSORS, CARD = "adapter.safetensors", "card.json"
SIDES = ("queries", "passages")
_NAME = re.compile(r"(queries|passages)\.(\d+)\.(\d+)\.(in|out)\.(weight|bias)")
_ROWS_AT_ONCE = 8192
_SQRT_HALF = np.float32(np.sqrt(0.5))

Floats = npt.NDArray[np.float32]
Block = tuple[Floats, Floats, Floats, Floats]
"""A [hidden, dimension], a [hidden], B [dimension, hidden], b [dimension]."""


class ResidualAdapter:
    """Implements VectorAdapter. Tensors are named "{side}.{head}.{block}.{in|out}.{weight|bias}"; a side without heads stays as it is."""

    def __init__(self, card: AdapterCard, tensors: Mapping[str, Floats], written: bytes) -> None:
        """`written`: the bytes of the file of tensors, kept as they are for snapshots. Raises ValueError where the shapes do not fit."""
        self.card, self._written = card, written
        self._heads = {side: _heads(tensors, side, card.dimension) for side in SIDES}
        self.fingerprint = f"{card.name}@{card.tensors_sha256[:12]}"

    def passages(self, vectors: Vectors) -> Vectors:
        return _adapted(vectors, self._heads["passages"])

    def queries(self, vectors: Vectors) -> Vectors:
        return _adapted(vectors, self._heads["queries"])

    def base(self, vectors: Vectors) -> Vectors:
        return vectors

    def width(self, dimension: int) -> int:
        return dimension

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / TENSORS).write_bytes(self._written)
        (folder / CARD).write_text(self.card.to_json(), encoding="utf-8")


def load_adapter(folder: Path) -> ResidualAdapter:
    """Raises AdapterUnavailable where a file is missing, changed, or of another make."""
    if not folder.is_dir():
        raise AdapterUnavailable(str(folder), "没有这个文件夹。")
    try:
        card = AdapterCard.from_json((folder / CARD).read_text(encoding="utf-8"))
        written = (folder / TENSORS).read_bytes()
    except FileNotFoundError as missing:
        raise AdapterUnavailable(str(folder), f"缺少文件 {Path(str(missing.filename)).name}。") from missing
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise AdapterUnavailable(str(folder), f"说明文件 {CARD} 读不出来（{type(error).__name__}）。") from error
    if card.architecture != RESIDUAL_MLP:
        raise AdapterUnavailable(str(folder), f"结构是“{card.architecture}”，这个版本的程序只认“{RESIDUAL_MLP}”。")
    if hashlib.sha256(written).hexdigest() != card.tensors_sha256:
        raise AdapterUnavailable(str(folder), f"文件 {TENSORS} 的校验值不符，可能没有复制完整。")
    try:
        return ResidualAdapter(card, _tensors(written), written)
    except (SafetensorError, ValueError, KeyError) as error:
        raise AdapterUnavailable(str(folder), f"文件 {TENSORS} 的内容不对（{error}）。") from error


def check_fits(adapter: ResidualAdapter, where: str, embedder_fingerprint: str, dimension: int) -> None:
    """Raises AdapterMismatch where it was trained for another model than the one that runs."""
    running = searched_model(embedder_fingerprint)
    if (adapter.card.base_model, adapter.card.dimension) != (running, dimension):
        raise AdapterMismatch(where, f"{adapter.card.base_model}（{adapter.card.dimension} 维）", f"{running}（{dimension} 维）")


def pack_tensors(tensors: Mapping[str, Floats]) -> bytes:
    """The bytes of adapter.safetensors: the same for the same tensors, in the order of their names."""
    return save({name: np.ascontiguousarray(tensors[name], dtype=np.float32) for name in sorted(tensors)})


def _tensors(written: bytes) -> dict[str, Floats]:
    return {name: tensor.astype(np.float32) for name, tensor in load(written).items()}


def _heads(tensors: Mapping[str, Floats], side: str, dimension: int) -> list[list[Block]]:
    found: dict[int, set[int]] = {}
    for name, tensor in tensors.items():
        parts = _NAME.fullmatch(name)
        if parts is None or not np.isfinite(tensor).all():
            raise ValueError(name)
        if parts[1] == side:
            found.setdefault(int(parts[2]), set()).add(int(parts[3]))
    return [[_block(tensors, f"{side}.{head}.{block}", dimension) for block in sorted(found[head])] for head in sorted(found)]


def _block(tensors: Mapping[str, Floats], name: str, dimension: int) -> Block:
    inward, inward_bias = tensors[f"{name}.in.weight"], tensors[f"{name}.in.bias"]
    outward, outward_bias = tensors[f"{name}.out.weight"], tensors[f"{name}.out.bias"]
    hidden = len(inward_bias)
    if inward.shape != (hidden, dimension) or outward.shape != (dimension, hidden) or outward_bias.shape != (dimension,):
        raise ValueError(name)
    return inward, inward_bias, outward, outward_bias


def _adapted(vectors: Vectors, heads: list[list[Block]]) -> Vectors:
    if not heads:
        return vectors
    adapted = np.empty_like(vectors, dtype=np.float32)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        rows = np.asarray(vectors[start : start + _ROWS_AT_ONCE], dtype=np.float32)
        adapted[start : start + _ROWS_AT_ONCE] = _unit(np.sum([_through(rows, head) for head in heads], axis=0, dtype=np.float32))
    return adapted


def _through(rows: Floats, head: list[Block]) -> Floats:
    for inward, inward_bias, outward, outward_bias in head:
        rows = _unit(rows + _gelu(rows @ inward.T + inward_bias) @ outward.T + outward_bias)
    return rows


def _gelu(values: Floats) -> Floats:
    activated: Floats = values * np.float32(0.5) * (np.float32(1) + erf(values * _SQRT_HALF))
    return activated


def _unit(rows: Floats) -> Floats:
    unit: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return unit
