"""Vector adapters for tests: heads of small random numbers, written as files as a training writes them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from indexing.adapter_card import RESIDUAL_MLP, AdapterCard
from indexing.adapters.vector_adapter import CARD, TENSORS, Floats, ResidualAdapter, load_adapter, pack_tensors
from tests.fakes.embedder import FakeEmbedder

HIDDEN = 16


def write_adapter(
    folder: Path,
    *,
    seed: int = 1,
    dimension: int = 64,
    heads: int = 1,
    blocks: int = 1,
    base_model: str = FakeEmbedder().fingerprint,
    architecture: str = RESIDUAL_MLP,
    sides: tuple[str, ...] = ("queries", "passages"),
) -> Path:
    """The folder, made anew."""
    chance = np.random.default_rng(seed)
    tensors = {
        f"{side}.{head}.{block}.{name}": chance.normal(0, 0.3, shape).astype(np.float32)
        for side in sides
        for head in range(heads)
        for block in range(blocks)
        for name, shape in (
            ("in.weight", (HIDDEN, dimension)),
            ("in.bias", (HIDDEN,)),
            ("out.weight", (dimension, HIDDEN)),
            ("out.bias", (dimension,)),
        )
    }
    return write_tensors(folder, tensors, dimension, base_model, architecture)


def write_tensors(folder: Path, tensors: dict[str, Floats], dimension: int, base_model: str, architecture: str = RESIDUAL_MLP) -> Path:
    written = pack_tensors(tensors)
    card = AdapterCard(
        name="test",
        architecture=architecture,
        base_model=base_model,
        base_fingerprint=base_model,
        dimension=dimension,
        tensors_sha256=hashlib.sha256(written).hexdigest(),
        shapes={name: list(tensor.shape) for name, tensor in tensors.items()},
        created_at="2026-11-22T00:00:00+00:00",
    )
    folder.mkdir(parents=True)
    (folder / TENSORS).write_bytes(written)
    (folder / CARD).write_text(card.to_json(), encoding="utf-8")
    return folder


def an_adapter(folder: Path, seed: int = 1) -> ResidualAdapter:
    return load_adapter(write_adapter(folder / f"adapter-{seed}", seed=seed))
