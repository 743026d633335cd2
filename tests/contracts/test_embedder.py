"""What every Embedder promises, run on the fake, on each precision of the default model, and on a service that computes elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from indexing.cached_vectors import QuestionKeepingEmbedder
from indexing.ports import Embedder
from tests.embedding_service import served
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.vector_cache import FakeVectorCache
from tests.model_fixtures import default_model_folder  # noqa: F401  a fixture is imported to be found

TEXTS = (
    "身份证丢了怎么补办？",
    "第十条　申领居住证应当提交下列材料：（一）居民身份证；（二）本人相片。",
    "联系电话 0900-8880101，ABC ２０２４年",
    "公积金",
    "不动产登记机构应当自受理登记申请之日起三十个工作日内办结不动产登记手续。" * 6,
)
SAME = 1e-3

REAL = [pytest.param(precision, marks=pytest.mark.model) for precision in ("int8", "float32", "bfloat16")]


SERVICES = ["service fake", pytest.param("service int8", marks=pytest.mark.model)]


@pytest.fixture(scope="module", params=["fake", "question keeping", *REAL, *SERVICES])
def embedder(request: pytest.FixtureRequest) -> Iterator[Embedder]:
    here = _embedder(request, request.param.removeprefix("service "))
    if not request.param.startswith("service "):
        yield here
        return
    with served(here) as service:
        yield service.embedder()


def _embedder(request: pytest.FixtureRequest, kind: str) -> Embedder:
    if kind == "fake":
        return FakeEmbedder()
    if kind == "question keeping":
        return QuestionKeepingEmbedder(FakeEmbedder(), FakeVectorCache(), batch=2)
    from indexing.adapters.embedders import load_embedder

    return load_embedder(str(request.getfixturevalue("default_model_folder")), kind, threads=2)


def test_vectors_are_float32_rows_of_unit_length(embedder: Embedder) -> None:
    for vectors in (embedder.embed_passages(TEXTS), embedder.embed_queries(TEXTS)):
        assert vectors.dtype == np.float32
        assert vectors.shape == (len(TEXTS), embedder.dimension)
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)
    assert embedder.embed_queries([]).shape == (0, embedder.dimension)


def test_a_text_has_the_same_vector_alone_and_in_any_company(embedder: Embedder) -> None:
    together = embedder.embed_passages(TEXTS)
    reversed_order = embedder.embed_passages(TEXTS[::-1])[::-1]
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    assert np.sum(together * alone, axis=1).min() > 1 - SAME
    assert np.sum(together * reversed_order, axis=1).min() > 1 - SAME


def test_rows_come_back_in_the_order_of_the_texts(embedder: Embedder) -> None:
    together = embedder.embed_passages(TEXTS)
    for place, text in enumerate(TEXTS):
        nearest = int(np.argmax(together @ embedder.embed_passages([text])[0]))
        assert nearest == place


def test_the_same_question_from_many_threads_has_one_vector(embedder: Embedder) -> None:
    expected = embedder.embed_queries(TEXTS[:3])
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(embedder.embed_queries, [TEXTS[:3]] * 12))
    assert all(np.sum(answer * expected, axis=1).min() > 1 - SAME for answer in answers)


def test_a_question_is_nearest_to_the_passage_about_it(embedder: Embedder) -> None:
    passages = embedder.embed_passages(["居民身份证丢失的，应当申请补领身份证。", "夜间禁止建筑施工噪声。", "住房公积金可以提取。"])
    assert int(np.argmax(passages @ embedder.embed_queries(["身份证丢了怎么补领"])[0])) == 0


def test_odd_texts_have_vectors_too(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(["", " ", "😀🎉", "\x00\n", "ひらがな"])
    assert np.isfinite(vectors).all()


def test_progress_ends_at_the_number_of_texts(embedder: Embedder) -> None:
    seen: list[tuple[int, int]] = []
    embedder.embed_passages(TEXTS, lambda _step, done, total: seen.append((done, total)))
    assert seen[-1] == (len(TEXTS), len(TEXTS))


def test_a_text_beyond_the_limit_is_cut_and_not_refused(embedder: Embedder) -> None:
    assert embedder.embed_passages(["政策咨询" * 2000]).shape == (1, embedder.dimension)


def test_the_fingerprint_names_what_the_vectors_depend_on(embedder: Embedder) -> None:
    assert embedder.fingerprint
    assert not embedder.fingerprint.isspace()
