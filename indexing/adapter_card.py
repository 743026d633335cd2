"""The card of a vector adapter: what it was trained for, on what, how, and what it reached. JSON beside the weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

RESIDUAL_MLP = "residual-mlp-1"
"""v' = unit(Σ over heads of unit(v + B·gelu(A·v + a) + b)), blocks of one head one after the other; questions and passages apart."""


@dataclass(frozen=True, slots=True)
class TrainedOn:
    """One source of training questions. `digest`: 12 hex digits over the ids and texts of the questions used."""

    name: str
    licence: str
    questions: int
    passages: int
    digest: str


@dataclass(frozen=True, slots=True)
class AdapterCard:
    """`base_model`: whose vectors it changes (`paired_vectors.searched_model`). `base_fingerprint`: that of the embedder at training.

    `tensors_sha256` is that of adapter.safetensors; `shapes` by tensor name. `figures` holds what was measured, as printed.
    """

    name: str
    architecture: str
    base_model: str
    base_fingerprint: str
    dimension: int
    tensors_sha256: str
    shapes: Mapping[str, list[int]]
    created_at: str
    recipe: Mapping[str, Any] = field(default_factory=dict)
    trained_on: tuple[TrainedOn, ...] = ()
    hardware: str = ""
    took_s: float = 0.0
    figures: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> AdapterCard:
        """Raises ValueError, TypeError, KeyError where it is no card."""
        fields = json.loads(text)
        sources = tuple(TrainedOn(**each) for each in fields.pop("trained_on", ()))
        return cls(**fields, trained_on=sources)
