"""This installation's models as /v1/embeddings: asked by any client, refused with a sentence, never piling up."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from threading import Event, Thread
from typing import Any

import numpy as np
import openai
import pytest
from fastapi.testclient import TestClient

from api import embedding_server
from api.embedding_server import create_embedding_app
from api.settings import Settings
from api.wiring import engines
from indexing.ports import Vectors
from tests.embedding_service import RunningService, served
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.paired_embedder import PairedFake

PAIR = "fake-character-ngrams/64&turned"


@pytest.fixture
def client() -> TestClient:
    return TestClient(create_embedding_app(PairedFake()), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def service() -> Iterator[RunningService]:
    with served(PairedFake(), key="sesame") as running:
        yield running


def ask(client: TestClient, **body: Any) -> Any:
    return client.post("/v1/embeddings", json={"model": PAIR, "input": "居住证"} | body)


def test_a_stock_client_gets_the_vectors(service: RunningService) -> None:
    with openai.OpenAI(base_url=service.url, api_key="sesame") as stock:
        assert [model.id for model in stock.models.list()] == [PAIR, "fake-character-ngrams/64", "turned"]
        answer = stock.embeddings.create(model="turned", input=["passage: 居住证", "query: 身份证"])
    expected = [PairedFake().embed_passages(["居住证"])[0, 64:], PairedFake().embed_queries(["身份证"])[0, 64:]]
    assert np.allclose([entry.embedding for entry in answer.data], expected, atol=1e-6)


def test_a_wrong_key_is_refused(service: RunningService) -> None:
    with openai.OpenAI(base_url=service.url, api_key="wrong") as stock, pytest.raises(openai.AuthenticationError, match="密钥不对"):
        stock.models.list()


def test_floats_and_base64_are_the_same_numbers(client: TestClient) -> None:
    floats = ask(client).json()["data"][0]["embedding"]
    packed = ask(client, encoding_format="base64").json()["data"][0]["embedding"]
    assert np.allclose(np.frombuffer(base64.b64decode(packed), "<f4"), floats)


def test_every_answer_says_what_its_vectors_depend_on(client: TestClient) -> None:
    assert ask(client).json()["system_fingerprint"] == PairedFake().fingerprint
    assert ask(client, model="turned").json()["system_fingerprint"] == "turned@1"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"model": "gpt-4"}, 404, "现有：fake"),
        ({"input": []}, 422, "input"),
        ({"input": [[1, 2, 3]]}, 422, "不能是词元编号"),
        ({"input": ["一"] * 2049}, 422, "2048"),
        ({"input": "长" * (3 << 20)}, 413, "8 MB"),
    ],
)
def test_what_cannot_be_answered_is_said_in_chinese(client: TestClient, body: dict[str, Any], status: int, words: str) -> None:
    response = ask(client, **body)
    assert (response.status_code, words in response.json()["error"]["message"]) == (status, True)


def test_a_fault_is_no_more_than_a_sentence(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Vectors:
        raise RuntimeError("居住证")

    monkeypatch.setattr(embedding_server, "embed_marked", broken)
    response = ask(client)
    assert response.status_code == 500
    assert "居住证" not in response.text


class Slow(FakeEmbedder):
    """Passages take until they are let go; questions do not."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.let_go = Event(), Event()

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> Vectors:
        self.begun.set()
        assert self.let_go.wait(20)
        return super().embed_passages(texts)


def test_a_question_does_not_wait_behind_an_index_that_is_being_built() -> None:
    slow = Slow()
    with served(slow) as service:
        embedder = _connected(slow, service)
        building = Thread(target=embedder.embed_passages, args=(["一", "二"],))
        building.start()
        assert slow.begun.wait(20)
        assert embedder.embed_queries(["居住证"]).shape == (1, 64)
        slow.let_go.set()
        building.join(20)


def test_beyond_its_seats_and_queue_a_batch_is_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_server, "_WAITING", {True: 256, False: 0})
    slow = Slow()
    with served(slow, key="") as service, openai.OpenAI(base_url=service.url, api_key="any", max_retries=0) as stock:
        building = Thread(target=stock.embeddings.create, kwargs={"model": "fake-character-ngrams/64", "input": ["一", "二"]})
        building.start()
        assert slow.begun.wait(20)
        with pytest.raises(openai.InternalServerError, match="排队"):
            stock.embeddings.create(model="fake-character-ngrams/64", input=["三", "四"])
        slow.let_go.set()
        building.join(20)


def _connected(slow: Slow, service: RunningService) -> Any:
    """Connecting asks for one vector of a passage."""
    slow.let_go.set()
    embedder = service.embedder()
    slow.let_go.clear()
    slow.begun.clear()
    return embedder


def test_the_container_s_embedder_is_the_service_where_one_is_set(service: RunningService, tmp_path: Any) -> None:
    settings = Settings(_env_file=None, home=tmp_path, embedder_url=service.url, embedder_key="sesame")
    assert engines.load_embedding(settings).fingerprint == PairedFake().fingerprint
    assert not list(tmp_path.iterdir())
