"""What every TokenEmbedder promises beyond an Embedder, run on the fake and on the pair of encoders as a graph and as two models."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from indexing.late_interaction import max_similarities
from indexing.ports import TokenEmbedder
from tests.fakes.token_embedder import FakeTokenEmbedder
from tests.model_fixtures import default_model_folder  # noqa: F401  a fixture is imported to be found
from tests.token_fixtures import paired_model, token_weights, tuned_weights  # noqa: F401  as above

TEXTS = (
    "申领居住证应当提交居民身份证和居住地址证明。",
    "夜间禁止建筑施工。",
    "公积金",
    "不动产登记机构应当自受理登记申请之日起三十个工作日内办结。" * 9,
)
QUESTION = "居住证要带什么材料"


@pytest.fixture(scope="module", params=["fake", *(pytest.param(precision, marks=pytest.mark.model) for precision in ("int8", "float32"))])
def embedder(request: pytest.FixtureRequest) -> TokenEmbedder:
    if request.param == "fake":
        return FakeTokenEmbedder()
    from indexing.adapters.paired_encoder import load_pair

    parts = (request.getfixturevalue(name) for name in ("paired_model", "tuned_weights", "token_weights"))
    folder, encoder, weights = parts
    loaded = load_pair(folder, encoder, request.param, 2, weights)
    assert isinstance(loaded, TokenEmbedder)
    return loaded


def test_a_passage_has_the_same_vector_with_its_tokens_as_without(embedder: TokenEmbedder) -> None:
    vectors, _ = embedder.embed_passages_with_tokens(TEXTS)
    assert np.allclose(vectors, embedder.embed_passages(TEXTS), atol=1e-5)


def test_tokens_are_int8_rows_of_one_width(embedder: TokenEmbedder) -> None:
    _, tokens = embedder.embed_passages_with_tokens(TEXTS)
    assert len(tokens) == len(TEXTS)
    assert {rows.dtype for rows in tokens} == {np.dtype(np.int8)}
    assert len({rows.shape[1] for rows in tokens}) == 1
    lengths = np.concatenate([np.linalg.norm(rows.astype(np.float32) / 127, axis=1) for rows in tokens])
    assert np.allclose(lengths, 1.0, atol=0.05)


def test_a_longer_text_has_more_of_them_and_none_stands_for_the_prefix(embedder: TokenEmbedder) -> None:
    _, (_, _, short, long) = embedder.embed_passages_with_tokens(TEXTS)
    assert 1 <= len(short) <= len(TEXTS[2]) + 1
    assert len(long) > 10 * len(short)


def test_a_text_without_words_has_no_rows(embedder: TokenEmbedder) -> None:
    vectors, (rows,) = embedder.embed_passages_with_tokens([""])
    assert (rows.shape[0], vectors.shape) == (0, (1, embedder.dimension))
    question = embedder.embed_question("")
    assert (len(question.tokens), len(question.shares)) == (0, 0)


def test_a_text_has_the_same_tokens_alone_and_in_any_company(embedder: TokenEmbedder) -> None:
    _, together = embedder.embed_passages_with_tokens(TEXTS)
    for text, rows in zip(TEXTS, together, strict=True):
        alone = embedder.embed_passages_with_tokens([text])[1][0]
        assert np.abs(alone.astype(int) - rows.astype(int)).max() <= 1


def test_no_texts_give_nothing(embedder: TokenEmbedder) -> None:
    vectors, tokens = embedder.embed_passages_with_tokens([])
    assert (vectors.shape, tokens) == ((0, embedder.dimension), [])


def test_a_question_has_its_vector_its_tokens_and_their_shares(embedder: TokenEmbedder) -> None:
    question = embedder.embed_question(QUESTION)
    assert np.allclose(question.vector, embedder.embed_queries([QUESTION])[0], atol=1e-5)
    assert question.tokens.dtype == question.shares.dtype == np.float32
    assert len(question.tokens) == len(question.shares) > 1
    assert np.allclose(np.linalg.norm(question.tokens, axis=1), 1.0, atol=1e-4)
    assert question.shares.sum() == pytest.approx(1.0, abs=1e-4)


def test_from_many_threads_the_same_question_is_the_same(embedder: TokenEmbedder) -> None:
    expected = embedder.embed_question(QUESTION)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(embedder.embed_question, [QUESTION] * 8))
    assert all(np.allclose(answer.tokens, expected.tokens, atol=1e-4) for answer in answers)


def test_a_text_that_repeats_the_question_scores_above_one_about_something_else(embedder: TokenEmbedder) -> None:
    _, tokens = embedder.embed_passages_with_tokens([QUESTION, TEXTS[1]])
    same, other = max_similarities(embedder.embed_question(QUESTION), tokens).tolist()
    assert same > other


@pytest.mark.parametrize("text", ["政" * 3000, "😀", "\x00\n", " ", "query: passage: "])
def test_odd_texts_have_finite_tokens_too(embedder: TokenEmbedder, text: str) -> None:
    embedder.embed_passages_with_tokens([text])
    question = embedder.embed_question(text)
    assert np.isfinite(question.tokens).all()
    assert np.isfinite(question.shares).all()


def test_it_says_what_its_tokens_depend_on(embedder: TokenEmbedder) -> None:
    assert embedder.token_fingerprint
    assert not embedder.token_fingerprint.isspace()
