"""Learns the heads of a vector adapter with torch: on the accelerator it finds, else on the processor."""

from __future__ import annotations

import hashlib
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from indexing.adapter_card import RESIDUAL_MLP, AdapterCard
from indexing.adapters.head_lessons import Batch, LessonBook
from indexing.adapters.vector_adapter import Floats, ResidualAdapter, pack_tensors
from indexing.ports import Progress, VectorAdapter
from indexing.training.models import Epoch, Lessons, Tensors, TrainedHead
from indexing.training.ports import Judge
from indexing.training.recipe import Optimiser, Recipe, Shape


class TorchHeadTrainer:
    """Implements HeadTrainer. All chance comes from one generator per head, so that a seed gives the same head on the same machine."""

    def __init__(self, device: str | None = None) -> None:
        """`device` None: CUDA where torch finds it."""
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.hardware = _hardware(self._device)

    def train(self, lessons: Sequence[Lessons], recipe: Recipe, seed: int, judge: Judge, progress: Progress) -> TrainedHead:
        chance = torch.Generator().manual_seed(seed)
        book = LessonBook(lessons, recipe, chance, self._device)
        queries = ResidualHead(recipe.shape, recipe.shape.queries_hidden, book.question_mean, chance).to(self._device)
        passages = ResidualHead(recipe.shape, recipe.shape.passages_hidden, book.passage_mean, chance).to(self._device)
        total = recipe.optimiser.epochs * book.batches_per_epoch
        schedule = _Schedule([*queries.parameters(), *passages.parameters()], recipe.optimiser, total)
        epochs: list[Epoch] = []
        best: Tensors = {}
        with torch.random.fork_rng(devices=[self._device] if self._device.type == "cuda" else []):
            torch.manual_seed(seed)  # for dropout, which takes no generator
            for number in range(1, recipe.optimiser.epochs + 1):
                losses = []
                for batch in book.epoch():
                    losses.append(schedule.step(_loss(queries, passages, batch, recipe)))
                    progress("训练适配器", schedule.steps, total)
                tensors = _folded(queries, passages, recipe.hold.blend)
                epochs.append(Epoch(number, float(np.mean(losses)), judge(self.assemble([tensors], _unnamed(tensors)))))
                if epochs[-1].validation >= max(epoch.validation for epoch in epochs):
                    best = tensors
        return TrainedHead(best, tuple(epochs))

    def assemble(self, heads: Sequence[Tensors], card: AdapterCard) -> VectorAdapter:
        tensors = {_with_head(name, number): values for number, head in enumerate(heads) for name, values in head.items()}
        written = pack_tensors(tensors)
        shapes = {name: list(values.shape) for name, values in sorted(tensors.items())}
        full = replace(card, tensors_sha256=hashlib.sha256(written).hexdigest(), shapes=shapes)
        return ResidualAdapter(full, tensors, written)


class ResidualHead(nn.Module):
    """x → unit(x − centre + B·dropout(gelu(A·(x − mean)·scale + a)) + b), block after block; it begins as the identity."""

    mean: Tensor
    centre: Tensor

    def __init__(self, shape: Shape, hidden: int, mean: Tensor, chance: torch.Generator) -> None:
        super().__init__()
        dimension = len(mean)
        self.register_buffer("mean", mean)
        self.register_buffer("centre", mean if shape.remove_centre else torch.zeros_like(mean))
        self._shape = shape
        self._layers = [(nn.Linear(dimension, hidden), nn.Linear(hidden, dimension)) for _ in range(shape.blocks)]
        self.registered = nn.ModuleList(layer for pair in self._layers for layer in pair)
        bound = 1 / math.sqrt(dimension)  # as torch starts a linear layer, but from our own generator
        for inward, outward in self._layers:
            for values in inward.parameters():
                nn.init.uniform_(values, -bound, bound, generator=chance)
            for values in outward.parameters():
                nn.init.zeros_(values)

    def forward(self, vectors: Tensor) -> Tensor:
        centre = self.centre
        for inward, outward in self._layers:
            hidden = functional.gelu(inward((vectors - self.mean) * self._shape.input_scale))
            step = outward(functional.dropout(hidden, self._shape.dropout, self.training))
            vectors, centre = functional.normalize(vectors - centre + step, dim=-1), torch.zeros_like(centre)
        return vectors

    def folded(self, side: str, blend: float) -> dict[str, Floats]:
        """Plain layers: scale, mean and centre worked into weights and biases."""
        found: dict[str, Floats] = {}
        centre = self.centre
        for number, (inward, outward) in enumerate(self._layers):
            weight = inward.weight * self._shape.input_scale
            layers = {
                "in.weight": weight,
                "in.bias": inward.bias - weight @ self.mean,
                "out.weight": outward.weight * blend,
                "out.bias": (outward.bias - centre) * blend,
            }
            found |= {f"{side}.{number}.{name}": values.detach().cpu().numpy().astype(np.float32) for name, values in layers.items()}
            centre = torch.zeros_like(centre)
        return found


class _Schedule:
    """AdamW with a warm-up and a straight way down."""

    def __init__(self, parameters: list[nn.Parameter], rules: Optimiser, total: int) -> None:
        self.steps, self._rules, self._total = 0, rules, total
        self._optimiser = torch.optim.AdamW(parameters, lr=rules.learning_rate, weight_decay=rules.weight_decay)

    def step(self, loss: Tensor) -> float:
        rules = self._rules
        share = min(1.0, (self.steps + 1) / max(rules.warm_up_steps, 1)) * max(rules.final_rate, 1 - self.steps / self._total)
        for group in self._optimiser.param_groups:
            group["lr"] = rules.learning_rate * share
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch ships no type for it
        self._optimiser.step()
        self.steps += 1
        return float(loss.item())


def _loss(queries: ResidualHead, passages: ResidualHead, batch: Batch, recipe: Recipe) -> Tensor:
    """Softmax over the batch's passages, plus what holds on to the model's own similarities on passages taken by chance."""
    queries.train()
    passages.train()
    rules = recipe.optimiser
    chances = functional.log_softmax(queries(batch.questions) @ passages(batch.passages).T / rules.temperature, dim=1)
    any_right = torch.logsumexp(chances.masked_fill(~batch.right, -1e9), dim=1)
    every_right = (chances * batch.right).sum(1) / batch.right.sum(1)
    found = -((1 - rules.every_positive) * any_right + rules.every_positive * every_right).mean()
    if not recipe.hold.weight:
        return found
    before, after = batch.general @ batch.general.T, passages(batch.general)
    among, towards = after @ after.T, queries(batch.general) @ after.T
    moved = functional.mse_loss(among, before) + functional.mse_loss(towards, before)
    return found + recipe.hold.weight * moved


def _folded(queries: ResidualHead, passages: ResidualHead, blend: float) -> Tensors:
    return queries.folded("queries", blend) | passages.folded("passages", blend)


def _with_head(name: str, number: int) -> str:
    side, rest = name.split(".", 1)
    return f"{side}.{number}.{rest}"


def _unnamed(tensors: Tensors) -> AdapterCard:
    dimension = int(tensors["queries.0.in.weight"].shape[1])
    return AdapterCard("", RESIDUAL_MLP, "", "", dimension, "", {}, "")


def _hardware(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()}，{os.cpu_count()} 个处理器核，torch {torch.__version__}"
