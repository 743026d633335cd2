"""Add low-rank weights to a loaded sentence-transformers model, in memory."""

from __future__ import annotations

import torch
from sentence_transformers import SentenceTransformer

from indexing.adapters.base_tensors import LAYER_NAMES
from indexing.adapters.encoder_adaptation import EncoderAdaptation


def add_low_rank(model: SentenceTransformer, weights: EncoderAdaptation) -> None:
    """Changes the model. Raises KeyError or RuntimeError where it has no such layer or other shapes."""
    modules = dict(model[0].named_modules())
    for name, (b, a) in weights.low_rank.items():
        layer, key = name.removeprefix("l").split(".")
        ending = f"encoder.layer.{layer}.{LAYER_NAMES[key]}"
        matrix = next(module for path, module in modules.items() if path.endswith(ending))
        with torch.no_grad():
            matrix.weight += torch.from_numpy(b @ a).to(matrix.weight.dtype)
