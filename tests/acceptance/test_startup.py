"""A command starts without the libraries it does not need: each of these takes seconds to load."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.demonstration import ROOT, Home

HEAVY = ("torch", "transformers", "sentence_transformers", "sklearn")
READERS = ("docx", "pypdfium2", "trafilatura", "openpyxl")

LOADED = "import atexit, sys; atexit.register(lambda: sys.stderr.write(' '.join(sys.modules))); from evaluation.cli import main; main()"


def loaded_by(home: Home, *words: str) -> set[str]:
    """Names of the modules that a command had loaded when it ended."""
    run = subprocess.run(
        [sys.executable, "-c", LOADED, *words],
        cwd=ROOT,
        env=home.environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return set(run.stderr.split())


@pytest.mark.model
def test_asking_loads_neither_torch_nor_readers_of_office_files(demonstration: Home) -> None:
    loaded = loaded_by(demonstration, "ask", "居住证怎么办？")
    assert "onnxruntime" in loaded
    assert not loaded & {*HEAVY, *READERS}


@pytest.mark.model
def test_listing_policies_loads_no_embedder(demonstration: Home) -> None:
    assert not loaded_by(demonstration, "policies", "list") & {*HEAVY, *READERS, "onnxruntime", "tokenizers", "fastapi"}
