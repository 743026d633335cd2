"""The models on one machine, the service on another: `zhengwen serve-embeddings` and a home without any model."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.demonstration import Home
from tests.journeys.service import free_port

pytestmark = pytest.mark.model

KEY = "between-machines"
START_S = 60


@pytest.fixture(scope="module")
def url(demonstration: Home) -> Iterator[str]:
    port = free_port()
    process = replace(demonstration, variables={"ZHENGWEN_EMBEDDER_KEY": KEY}).start("serve-embeddings", "--port", str(port))
    give_up = time.monotonic() + START_S
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz").close()
            break
        except (URLError, ConnectionError):
            assert process.poll() is None, "the embedding service ended"
            assert time.monotonic() < give_up, "the embedding service did not start"
            time.sleep(0.2)
    yield f"http://127.0.0.1:{port}/v1"
    process.terminate()
    process.wait(timeout=30)


@pytest.fixture
def without_model(demonstration: Home, tmp_path: Path, url: str) -> Home:
    """The index that was built beside the model, and an address in its place."""
    home = demonstration.copy(tmp_path / "home")
    shutil.rmtree(home.path / "models")
    return replace(home, variables={"ZHENGWEN_EMBEDDER_URL": url, "ZHENGWEN_EMBEDDER_KEY": KEY})


def test_a_question_is_answered_from_the_index_built_beside_the_model(without_model: Home) -> None:
    outcome = without_model.zhengwen("ask", "申领居住证应当提交哪些材料？")
    assert outcome.returncode == 0, outcome.stderr
    assert "示范市居住证管理办法" in outcome.stdout or "居住证申领" in outcome.stdout
    assert not (without_model.path / "models").exists()


def test_no_vector_of_the_index_is_worked_out_anew(without_model: Home) -> None:
    """Vectors are the same; those of tokens, which reranking reads, cannot be had over this protocol and leave the index."""
    first, second = without_model.zhengwen("index", "refresh"), without_model.zhengwen("index", "refresh")
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "新算向量 0 个" in first.stdout
    assert "没有变化" in second.stdout


def test_a_wrong_key_is_said_in_one_sentence(without_model: Home) -> None:
    outcome = without_model.zhengwen("index", "refresh", ZHENGWEN_EMBEDDER_KEY="wrong", ZHENGWEN_EMBEDDER_MODEL="multilingual-e5-small")
    assert outcome.returncode == 1
    assert "请核对 ZHENGWEN_EMBEDDER_KEY" in outcome.stderr
    assert "Traceback" not in outcome.stderr
