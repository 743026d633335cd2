"""A Tokenizer without a dictionary: overlapping character pairs."""

from __future__ import annotations

from itertools import pairwise


class BigramTokenizer:
    vocabulary = None

    def __init__(self, name: str = "bigrams") -> None:
        self.fingerprint = name
        self.calls = 0

    def passage_terms(self, text: str) -> list[str]:
        self.calls += 1
        return [left + right for left, right in pairwise(text) if not (left + right).isspace()]

    def query_terms(self, text: str) -> list[str]:
        return list(dict.fromkeys(left + right for left, right in pairwise(text)))

    def words(self, text: str) -> list[str]:
        return list(text)
