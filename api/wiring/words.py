"""The tokenizers of this installation: of the program's vocabulary, of the one edited now, and of the one each snapshot was made with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from api.deferred import Deferred
from api.shipped_content import VOCABULARY
from indexing.adapters.jieba_tokenizer import JiebaTokenizer
from indexing.adapters.snapshot_tokenizers import Tokenizers
from indexing.ports import Tokenizer
from indexing.vocabulary import PolicyVocabulary, load_vocabulary


@dataclass(frozen=True)
class Words:
    """`shipped`: classifiers learn with it, so that an edited word costs no training. `wanted`: the next snapshot is made with it."""

    shipped: Callable[[], Tokenizer]
    wanted: Callable[[], Tokenizer]
    of: Callable[[PolicyVocabulary], Tokenizer]


def words_for(vocabulary: Callable[[], PolicyVocabulary]) -> Words:
    """`vocabulary` gives the present one. Tokenizers are made on first use."""
    tokenizers = Tokenizers(JiebaTokenizer)
    shipped = Deferred(lambda: tokenizers.of(load_vocabulary(VOCABULARY)))
    return Words(shipped, lambda: tokenizers.of(vocabulary()), tokenizers.of)
