"""Search terms by jieba, with the policy vocabulary kept whole. Knows nothing of passages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import jieba

from indexing.text_normalizer import normalize
from indexing.vocabulary import PolicyVocabulary

_REVISION = 1
"""Raised whenever the same text would give other terms, so that old snapshots are refused."""
# A question goes through several steps, each of which wants its terms; passages are cut once.
_KEPT, _SHORT = 1024, 200
_CERTAIN = 1_000_000_000
"""A word frequency that outweighs every way of cutting the word."""
# 文号, numbers with their unit signs, links and Latin words are taken out before jieba, which would cut them at every sign.
_SIGNED = r"〔\d{4}〕第?\d+号|\d+(?:[.\-/:]\d+)*%?|[A-Za-z]+(?:[\-_.][A-Za-z0-9]+)*[0-9]*"
_WORD = re.compile(r"[0-9A-Za-z\u3400-\u9fff〇]")


class JiebaTokenizer:
    """Implements Tokenizer on a dictionary of its own, so that no other user of jieba changes the terms. Thread-safe once built."""

    def __init__(self, vocabulary: PolicyVocabulary) -> None:
        self.vocabulary: PolicyVocabulary | None = vocabulary
        self._stop_words = frozenset(vocabulary.stop_words)
        self._synonyms = {_key(word): tuple(official) for word, official in vocabulary.synonyms.items()}
        self._jieba = jieba.Tokenizer()
        self._jieba.tmp_dir = None
        jieba.default_logger.setLevel(logging.WARNING)  # jieba announces its cache on every start
        self._jieba.initialize()
        words = {_key(word) for word in (*vocabulary.terms, *vocabulary.synonyms)}
        for word in words:
            self._jieba.add_word(word, _CERTAIN)
        self._whole = re.compile("|".join([*_mixed(words), _SIGNED]))
        self._remembered = lru_cache(_KEPT)(lambda text: tuple(self._cut_anew(text)))
        self.fingerprint = f"jieba-{jieba.__version__}-r{_REVISION}-{vocabulary.fingerprint}"

    def passage_terms(self, text: str) -> list[str]:
        """Every word, and inside long words also the shorter ones, in order; stop words and signs are left out."""
        return [term for term in self._cut(text) if term not in self._stop_words]

    def query_terms(self, text: str) -> list[str]:
        """Each term once, in order; then the official terms (and their parts) behind the everyday words."""
        spoken = [term for term in self._cut(text) if term not in self._stop_words]
        official = [part for term in spoken for word in self._synonyms.get(term, ()) for part in self._cut(word)]
        return list(dict.fromkeys([*spoken, *official]))

    def words(self, text: str) -> list[str]:
        return list(self._jieba.cut(text, HMM=False))

    def _cut(self, text: str) -> Iterable[str]:
        return self._remembered(text) if len(text) <= _SHORT else self._cut_anew(text)

    def _cut_anew(self, text: str) -> Iterator[str]:
        normalized = normalize(text).lower()
        position = 0
        for found in self._whole.finditer(normalized):
            yield from self._words(normalized[position : found.start()])
            yield found.group()
            position = found.end()
        yield from self._words(normalized[position:])

    def _words(self, stretch: str) -> Iterable[str]:
        if not stretch:
            return ()
        return (word for word in self._jieba.cut_for_search(stretch) if _WORD.match(word))


def _mixed(words: Iterable[str]) -> list[str]:
    """Words of the vocabulary with a number or Latin letters in them ("扣12分"), longest first: the pattern of signs would cut them."""
    mixed = (word for word in sorted(words, key=lambda word: (-len(word), word)) if re.search("[0-9a-z]", word))
    return [rf"(?<![0-9a-z]){re.escape(word)}(?![0-9a-z])" for word in mixed]


def _key(word: str) -> str:
    return normalize(word).lower()
