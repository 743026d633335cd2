"""The pair of encoders with token weights, both made up: enough to test with."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from indexing.adapters.encoder_adaptation import read_adaptation
from indexing.adapters.token_weights import TokenShape, TokenWeights, read_token_weights, write_token_weights
from tests.encoders import write_encoder
from tests.model_fixtures import default_model_folder  # noqa: F401  a fixture is imported to be found


def write_tokens(path: Path, encoder: str, hidden: int = 384, width: int = 16, seed: int = 1) -> TokenWeights:
    """Random ones, written as training writes them, and read again."""
    chance = np.random.default_rng(seed)
    mean, weight = chance.normal(0, 0.01, hidden).astype(np.float32), chance.normal(0, 0.1, hidden).astype(np.float32)
    projection = chance.normal(0, hidden**-0.5, (hidden, width)).astype(np.float32)
    shape = TokenShape("test-tokens", encoder, hidden, width)
    write_token_weights(path, TokenWeights(shape, mean, projection, weight, np.zeros(1, np.float32)))
    return read_token_weights(path)


@pytest.fixture(scope="session")
def paired_model(default_model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811  the fixture
    """A folder of its own, so that graphs of random weights never lie beside the model that others use."""
    folder = tmp_path_factory.mktemp("models") / default_model_folder.name
    shutil.copytree(default_model_folder, folder, copy_function=_linked, ignore=shutil.ignore_patterns("encoder_pair*", "reranker*"))
    return folder


@pytest.fixture(scope="session")
def tuned_weights(paired_model: Path) -> Path:
    return write_encoder(paired_model.parent / "encoder.safetensors", paired_model)


@pytest.fixture(scope="session")
def token_weights(tuned_weights: Path) -> TokenWeights:
    return write_tokens(tuned_weights.with_name("tokens.safetensors"), read_adaptation(tuned_weights).fingerprint)


def _linked(source: str, target: str) -> str:
    Path(target).hardlink_to(source)
    return target
