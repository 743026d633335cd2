"""The provisioned default embedder, prepared once per machine under the repository's ignored state folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexing.ports import Embedder

DEFAULT_MODEL_FOLDER = Path(__file__).resolve().parent.parent / ".zhengwen" / "models" / "multilingual-e5-small"


@pytest.fixture(scope="session")
def default_model_folder() -> Path:
    from indexing.adapters.model_provisioning import provision_default_model

    return provision_default_model(DEFAULT_MODEL_FOLDER)


@pytest.fixture(scope="session")
def default_embedder(default_model_folder: Path) -> Embedder:
    from indexing.adapters.embedders import load_embedder

    # Named, not "auto": measuring which one is fastest loads torch in every worker, and may differ from run to run.
    return load_embedder(str(default_model_folder), "int8", threads=2)
