"""An embedder behind /v1/embeddings: the same vectors as here, and what becomes of a service that fails, lies or changes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np
import pytest

from indexing.adapters.embedding_requests import RULES_FILE, EmbeddingEndpoint, ServiceRules, load_service_rules
from indexing.adapters.service_embedder import ServiceEmbedder, connect
from indexing.errors import EmbedderUnavailable
from indexing.paired_vectors import BaseHalf, SearchHalf
from indexing.vector_adaptation import UNADAPTED
from tests.embedding_service import RunningService, served
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.paired_embedder import PairedFake

RULES = load_service_rules(timeout_s=5)
TEXTS = ["身份证丢了怎么补办？", "居住证", "第十条 申领居住证应当提交材料。"]
Answer = Callable[[dict[str, Any]], httpx.Response]


@pytest.fixture(scope="module")
def pair_service() -> Iterator[RunningService]:
    with served(PairedFake()) as service:
        yield service


def rows_for(body: dict[str, Any], dimension: int = 4) -> httpx.Response:
    """Different for every text, not yet of unit length, and in the wrong order."""
    vectors = [[float(len(text)), 2.0, 3.0, float(ord(text[-1]) % 7)][:dimension] for text in body["input"]]
    return httpx.Response(200, json={"data": [{"index": place, "embedding": row} for place, row in enumerate(vectors)][::-1]})


class Scripted:
    """A service of another make: `answers` in turn, the last for good; what it was sent is kept."""

    def __init__(self, *answers: Answer | httpx.Response, models: list[dict[str, Any]] | None = None) -> None:
        self.answers, self.listed = list(answers) or [rows_for], models
        self.sent: list[dict[str, Any]] = []
        self.waits: list[float] = []
        self.now = 100.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/models"):
            return httpx.Response(404) if self.listed is None else httpx.Response(200, json={"data": self.listed})
        self.sent.append(json.loads(request.content))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, httpx.Response) else answer(self.sent[-1])

    def embedder(self, model: str = "bge-m3", rules: ServiceRules = RULES) -> ServiceEmbedder:
        return connect(
            EmbeddingEndpoint(
                "http://there/v1", "", rules, transport=httpx.MockTransport(self), sleep=self.waits.append, now=lambda: self.now
            ),
            model,
            rules,
        )


def test_the_pair_from_a_service_is_the_pair_from_here(pair_service: RunningService) -> None:
    here, there = PairedFake(), pair_service.embedder()
    assert (there.fingerprint, there.dimension) == (here.fingerprint, here.dimension)
    assert np.allclose(there.embed_passages(TEXTS), here.embed_passages(TEXTS), atol=1e-6)
    assert np.allclose(there.embed_queries(TEXTS[:1]), here.embed_queries(TEXTS[:1]), atol=1e-6)


def test_either_half_of_the_pair_can_be_had_alone(pair_service: RunningService) -> None:
    here = PairedFake()
    base = pair_service.embedder("fake-character-ngrams/64")
    tuned = pair_service.embedder("turned")
    assert np.allclose(base.embed_queries(TEXTS), BaseHalf(here).embed_queries(TEXTS), atol=1e-6)
    assert np.allclose(tuned.embed_passages(TEXTS), SearchHalf(UNADAPTED).passages(here.embed_passages(TEXTS)), atol=1e-6)
    assert base.fingerprint == FakeEmbedder().fingerprint


def test_two_models_of_any_service_make_a_pair() -> None:
    service = Scripted()
    pair = service.embedder("plain&tuned")
    assert (pair.dimension, pair.fingerprint) == (8, "plain@4/service&tuned@4/service")
    vectors = pair.embed_queries(["居住证"])
    assert np.allclose(np.linalg.norm(vectors.reshape(2, 4), axis=1), 1.0)
    assert [body["model"] for body in service.sent[2:]] == ["plain", "tuned"]


def test_two_models_of_different_length_make_none() -> None:
    service = Scripted(rows_for, lambda body: rows_for(body, dimension=3))
    with pytest.raises(EmbedderUnavailable, match="维数相同"):
        service.embedder("plain&tuned")


def test_the_prefixes_of_the_named_model_are_put_in_front() -> None:
    service = Scripted()
    embedder = service.embedder("intfloat/multilingual-e5-large")
    embedder.embed_queries(["居住证"])
    embedder.embed_passages(["居住证"])
    assert [body["input"] for body in service.sent[1:]] == [["query: 居住证"], ["passage: 居住证"]]


def test_a_revision_is_told_apart_and_not_sent() -> None:
    service = Scripted()
    assert service.embedder("bge-m3#2").fingerprint == "bge-m3@4/service#2"
    assert service.sent[0]["model"] == "bge-m3"


def test_personal_data_in_a_question_is_not_sent(pair_service: RunningService) -> None:
    masked = pair_service.embedder(mask=lambda text: text.replace("13800138000", "【手机号】"))
    expected = pair_service.embedder().embed_queries(["我的电话【手机号】"])
    assert np.allclose(masked.embed_queries(["我的电话13800138000"]), expected)


def test_many_texts_go_in_batches_and_come_back_in_order() -> None:
    service = Scripted()
    texts = [chr(0x4E00 + place) * (1 + place % 5) for place in range(150)]
    seen: list[int] = []
    vectors = service.embedder().embed_passages(texts, lambda _step, done, _total: seen.append(done))
    assert [len(body["input"]) for body in service.sent[1:]] == [64, 64, 22]
    assert seen == [64, 128, 150]
    assert np.allclose(vectors[70], service.embedder().embed_passages([texts[70]])[0])


def test_long_texts_make_small_batches() -> None:
    service = Scripted()
    service.embedder().embed_passages(["字" * 3999] * 10)
    assert [len(body["input"]) for body in service.sent[1:]] == [7, 3]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_passes_is_tried_again(status: int) -> None:
    service = Scripted(rows_for, httpx.Response(status), rows_for)
    assert service.embedder().embed_queries(["居住证"]).shape == (1, 4)
    assert len(service.waits) == 1


def test_passages_are_waited_for_longer_than_a_question() -> None:
    failing = [httpx.Response(503)] * 4
    assert Scripted(rows_for, *failing, rows_for).embedder().embed_passages(["居住证"]).shape == (1, 4)
    with pytest.raises(EmbedderUnavailable, match="试了 2 次"):
        Scripted(rows_for, *failing, rows_for).embedder().embed_queries(["居住证"])


def test_the_service_says_how_long_to_wait_within_reason() -> None:
    service = Scripted(
        rows_for, httpx.Response(429, headers={"Retry-After": "7"}), httpx.Response(429, headers={"Retry-After": "3600"}), rows_for
    )
    service.embedder().embed_passages(["居住证"])
    assert service.waits == [7.0, RULES.passages.longest_wait_s]


def test_nobody_queues_behind_a_service_that_is_down() -> None:
    service = Scripted(rows_for, httpx.Response(503), httpx.Response(503), rows_for)
    embedder = service.embedder()
    for _ in range(5):
        with pytest.raises(EmbedderUnavailable):
            embedder.embed_queries(["居住证"])
    assert len(service.sent) == 1 + RULES.question.attempts
    service.now += RULES.rest_s
    assert embedder.embed_queries(["居住证"]).shape == (1, 4)


def test_waits_grow_from_try_to_try() -> None:
    service = Scripted(rows_for, *[httpx.Response(503)] * 5, rows_for)
    service.embedder().embed_passages(["居住证"])
    assert all(later > earlier * 1.2 for earlier, later in zip(service.waits, service.waits[1:], strict=False))


def test_a_connection_that_breaks_is_tried_again_and_then_named() -> None:
    def broken(_body: dict[str, Any]) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(EmbedderUnavailable, match=r"连不上.*请检查该服务是否在运行"):
        Scripted(broken).embedder()


@pytest.mark.parametrize("reply", [httpx.Response(500), httpx.Response(404), httpx.Response(200, content=b"{}"), httpx.Response(418)])
def test_a_citizen_who_reads_why_learns_nothing_of_where_the_service_stands(reply: httpx.Response) -> None:
    embedder = Scripted(rows_for, *[reply] * 2).embedder()
    for _ in range(2):
        with pytest.raises(EmbedderUnavailable, match="请") as caught:
            embedder.embed_queries(["居住证"])
        assert "there/v1" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "ZHENGWEN_EMBEDDER_KEY"), (403, "ZHENGWEN_EMBEDDER_KEY"), (404, "ZHENGWEN_EMBEDDER_MODEL")]
)
def test_what_does_not_pass_is_said_at_once(status: int, advice: str) -> None:
    service = Scripted(httpx.Response(status))
    with pytest.raises(EmbedderUnavailable, match=advice):
        service.embedder()
    assert (len(service.sent), service.waits) == (1, [])


def test_a_wrong_key_is_said(pair_service: RunningService) -> None:
    with pytest.raises(EmbedderUnavailable):
        RunningService(pair_service.url, "another").embedder()


def test_a_text_too_long_for_the_model_is_cut_and_the_rest_is_whole() -> None:
    def at_most_300(body: dict[str, Any]) -> httpx.Response:
        return httpx.Response(413) if any(len(text) > 300 for text in body["input"]) else rows_for(body)

    service = Scripted(at_most_300)
    vectors = service.embedder().embed_passages(["居住证", "长" * 1000, "身份证"])
    assert vectors.shape == (3, 4)
    assert [len(text) for text in service.sent[-2]["input"]] == [250]


@pytest.mark.parametrize(
    "content",
    [
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": [1.0, null, 2.0, 3.0]}]}',
        b'{"data": [{"index": 0, "embedding": ["a"]}]}',
        b'{"answer": 1}',
        b"[]",
    ],
)
def test_what_is_no_vector_is_refused(content: bytes) -> None:
    embedder = Scripted(rows_for, httpx.Response(200, content=content)).embedder()
    with pytest.raises(EmbedderUnavailable, match="请"):
        embedder.embed_queries(["居住证"])


def test_vectors_of_another_length_are_refused() -> None:
    embedder = Scripted(rows_for, lambda body: rows_for(body, dimension=3)).embedder()
    with pytest.raises(EmbedderUnavailable, match="3 维，启动时是 4 维"):
        embedder.embed_queries(["居住证"])


def test_vectors_of_another_model_of_the_same_length_are_refused() -> None:
    entry = {"id": "own", "fingerprint": "own@1/int8"}

    def now(fingerprint: str) -> Answer:
        return lambda body: httpx.Response(200, json={**json.loads(rows_for(body).content), "system_fingerprint": fingerprint})

    embedder = Scripted(now("own@1/int8"), now("own@2/int8"), models=[entry]).embedder("")
    with pytest.raises(EmbedderUnavailable, match="换了模型"):
        embedder.embed_queries(["居住证"])


def test_base64_is_read_where_a_service_sends_it() -> None:
    packed = base64.b64encode(np.array([3.0, 4.0], "<f4").tobytes()).decode()
    embedder = Scripted(httpx.Response(200, json={"data": [{"index": 0, "embedding": packed}]})).embedder()
    assert np.allclose(embedder.embed_queries(["居住证"]), [[0.6, 0.8]])


def test_without_a_name_the_only_model_is_taken() -> None:
    assert Scripted(models=[{"id": "bge-m3"}]).embedder("").fingerprint == "bge-m3@4/service"


@pytest.mark.parametrize("listed", [None, [], [{"id": "a"}, {"id": "b"}]])
def test_without_a_name_and_without_a_choice_it_asks_for_one(listed: list[dict[str, Any]] | None) -> None:
    with pytest.raises(EmbedderUnavailable, match="ZHENGWEN_EMBEDDER_MODEL"):
        Scripted(models=listed).embedder("")


def test_every_rule_of_the_file_is_used() -> None:
    assert load_service_rules(2.5).question.timeout_s == 2.5
    assert len(RULES_FILE.read_text(encoding="utf-8").split("=")) - 1 == 13
