"""Search terms."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jieba
import pytest

import indexing
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.vocabulary import PolicyVocabulary, load_vocabulary

VOCABULARY = Path(indexing.__file__).with_name("policy_vocabulary.yaml")


def a_vocabulary(
    terms: tuple[str, ...] = ("最低生活保障", "不动产权证书"),
    synonyms: dict[str, tuple[str, ...]] | None = None,
    stop_words: tuple[str, ...] = ("的", "怎么", "请问"),
) -> PolicyVocabulary:
    return PolicyVocabulary(terms, synonyms or {"低保": ("最低生活保障",), "房本": ("不动产权证书",)}, stop_words)


@pytest.fixture(scope="module")
def tokenizer() -> JiebaTokenizer:
    return JiebaTokenizer(a_vocabulary())


def test_an_official_term_stays_whole(tokenizer: JiebaTokenizer) -> None:
    assert "最低生活保障" in tokenizer.passage_terms("申请最低生活保障的家庭")


def test_the_words_inside_a_long_term_are_found_too(tokenizer: JiebaTokenizer) -> None:
    assert {"最低", "生活", "保障"} <= set(tokenizer.passage_terms("最低生活保障"))


def test_an_everyday_word_brings_its_official_term(tokenizer: JiebaTokenizer) -> None:
    terms = tokenizer.query_terms("低保怎么申请")
    assert "低保" in terms
    assert "最低生活保障" in terms


def test_passages_get_no_official_terms_added(tokenizer: JiebaTokenizer) -> None:
    assert "最低生活保障" not in tokenizer.passage_terms("低保家庭")


def test_stop_words_are_left_out(tokenizer: JiebaTokenizer) -> None:
    assert not {"的", "怎么", "请问"} & {*tokenizer.query_terms("请问低保的条件怎么写"), *tokenizer.passage_terms("低保的条件")}


def test_a_question_names_each_term_once(tokenizer: JiebaTokenizer) -> None:
    terms = tokenizer.query_terms("低保低保，低保条件和最低生活保障条件")
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("term", ["〔2024〕12号", "2024", "app", "12345", "50%", "4.5", "https", "90"])
def test_numbers_document_numbers_and_latin_words_stay_whole(tokenizer: JiebaTokenizer, term: str) -> None:
    text = "示政发〔２０２４〕12号 2024年 APP 12345 提高50%（4.5元）https://www.shifan.example 90㎡"
    assert term in tokenizer.passage_terms(text)


def test_full_width_and_half_width_are_the_same_term(tokenizer: JiebaTokenizer) -> None:
    assert tokenizer.passage_terms("ＡＢＣ１２３") == tokenizer.passage_terms("abc123")


def test_signs_are_no_terms(tokenizer: JiebaTokenizer) -> None:
    assert tokenizer.passage_terms("，。《》〔〕…… \n😀") == []


def test_the_dictionary_that_others_use_stays_as_it_was() -> None:
    JiebaTokenizer(a_vocabulary(terms=("示范市云栖区便民中心",)))
    assert "示范市云栖区便民中心" not in jieba.lcut("示范市云栖区便民中心")


def test_many_threads_get_the_terms_one_gets(tokenizer: JiebaTokenizer) -> None:
    texts = [f"申请最低生活保障的家庭第{number}条，应当提交不动产权证书" for number in range(200)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokenizer.passage_terms, texts)) == [tokenizer.passage_terms(text) for text in texts]


def test_another_vocabulary_has_another_fingerprint(tokenizer: JiebaTokenizer) -> None:
    assert tokenizer.fingerprint == JiebaTokenizer(a_vocabulary()).fingerprint
    assert tokenizer.fingerprint != JiebaTokenizer(a_vocabulary(terms=("居住证",))).fingerprint


def test_every_entry_of_the_shipped_vocabulary_works() -> None:
    vocabulary = load_vocabulary(VOCABULARY)
    shipped = JiebaTokenizer(vocabulary)
    broken = [term for term in vocabulary.terms if term.lower() not in shipped.passage_terms(f"关于{term}的规定")]
    unmapped = [
        word
        for word, official in vocabulary.synonyms.items()
        if not set(map(str.lower, official)) <= set(shipped.query_terms(f"关于{word}"))
    ]
    kept = [word for word in vocabulary.stop_words if word in shipped.query_terms(word)]
    assert (broken, unmapped, kept) == ([], [], [])
