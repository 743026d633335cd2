"""Where a broken training goes on: the learned weights, the optimiser and the losses so far, in one file."""

from __future__ import annotations

import os
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn


@dataclass(slots=True)
class Reached:
    """`steps` done; `losses` one mean for each stretch between two checkpoints."""

    steps: int
    losses: list[float]


class TrainingCheckpoint:
    """`digest` of everything the result depends on: a file of anything else is not gone on with."""

    def __init__(self, path: Path, digest: str, learned: Sequence[nn.Parameter], optimiser: torch.optim.Optimizer) -> None:
        self._path, self._digest, self._learned, self._optimiser = path, digest, list(learned), optimiser

    def restore(self) -> Reached:
        """From the beginning where no file fits."""
        try:
            kept = torch.load(self._path, map_location="cpu", weights_only=True)
            if kept["digest"] != self._digest:
                return Reached(0, [])
            with torch.no_grad():
                for weights, values in zip(self._learned, kept["weights"], strict=True):
                    weights.copy_(values)
            self._optimiser.load_state_dict(kept["optimiser"])
            return Reached(int(kept["steps"]), [float(loss) for loss in kept["losses"]])
        except (OSError, RuntimeError, EOFError, KeyError, TypeError, ValueError, pickle.UnpicklingError):
            return Reached(0, [])

    def keep(self, reached: Reached) -> None:
        """Written beside and renamed, so that one of two is always whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        building = self._path.with_name(f".{self._path.name}-{os.getpid()}")
        content = {
            "digest": self._digest,
            "steps": reached.steps,
            "losses": reached.losses,
            "weights": [weights.detach().cpu() for weights in self._learned],
            "optimiser": self._optimiser.state_dict(),
        }
        torch.save(content, building)
        building.replace(self._path)
