"""Clusters messages by how alike they are on average: in meaning (vectors), in characters and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from assistant.adapters.classifiers.term_counts import TermCounts
from assistant.insight.rules import Likeness
from indexing.ports import Embedder, Tokenizer, VectorCache, Vectors

_GRAMS = (2, 3)
_BATCH = 256
_Table = npt.NDArray[np.float32]


class LinkageClusterer:
    """A MessageClusterer. Needs 8 bytes per pair of messages: about 300 MB for 6,000.

    `background` are texts of the same kind that are about all sorts of things: few messages alone say too little about which words are
    common and what all vectors share. `cache` keeps the vectors of titles, so that tomorrow's run embeds only what is new.
    """

    def __init__(
        self,
        embedder: Embedder,
        tokenizer: Tokenizer,
        cache: VectorCache,
        background: Callable[[], Sequence[str]],
    ) -> None:
        self._embedder, self._tokenizer, self._cache = embedder, tokenizer, cache
        self._background = background

    def cluster(self, messages: Sequence[tuple[str, str]], likeness: Likeness) -> tuple[tuple[int, ...], ...]:
        if not messages:
            return ()
        alike = self._alike(messages, likeness)
        labels = _linked(alike, likeness.at_least)
        groups = [np.flatnonzero(labels == label) for label in range(int(labels.max()) + 1)]
        ordered = sorted((_typical_first(alike, group) for group in groups), key=lambda group: (-len(group), min(group)))
        return tuple(ordered)

    def _alike(self, messages: Sequence[tuple[str, str]], weights: Likeness) -> _Table:
        """float32 [n, n], 0..1; what the three ways of looking say of each pair, weighed."""
        background = list(self._background())
        titles = [title for title, _ in messages]
        # The title counts twice: it says what the message is about, the text around it also says much else.
        texts = [f"{title} {title} {text[: weights.text_characters]}" for title, text in messages]
        vectors = self._vectors([*titles, *background])
        vectors -= vectors.mean(axis=0)
        own = vectors[: len(titles)]
        own = own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-9)
        alike = np.float32(weights.meaning) * (own @ own.T)
        for weight, terms, told in ((weights.characters, _grams, titles), (weights.words, self._tokenizer.passage_terms, texts)):
            _, rows = TermCounts.fitted([*told, *background], terms)
            mine = csr_matrix(rows[: len(told)])
            alike += np.float32(weight) * (mine @ mine.T).toarray()
        clipped: _Table = np.clip(alike, 0.0, 1.0).astype(np.float32)
        return clipped

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        """float32 [len(texts), dimension]."""
        names = [blake2b(f"issue\x00{text}".encode("utf-8", "surrogatepass"), digest_size=20).hexdigest() for text in texts]
        known = self._cache.get(list(dict.fromkeys(names)), self._embedder.fingerprint)
        missing = {name: text for name, text in zip(names, texts, strict=True) if name not in known}
        keys = list(missing)
        # In portions, so that a run that is cut off has kept what it did.
        for start in range(0, len(keys), _BATCH):
            some = keys[start : start + _BATCH]
            made = dict(zip(some, self._embedder.embed_queries([missing[key] for key in some]), strict=True))
            self._cache.put(made, self._embedder.fingerprint)
            known |= made
        return np.stack([known[name] for name in names]).astype(np.float32)


def _linked(alike: _Table, at_least: float) -> npt.NDArray[np.int64]:
    """A label for each row: average linkage, cut where clusters are less alike than that."""
    # Loading it takes a second, which nobody who opens a page shall wait.
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415

    if len(alike) < 2:
        return np.zeros(len(alike), np.int64)
    linkage = AgglomerativeClustering(n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - at_least)
    labels: npt.NDArray[np.int64] = linkage.fit_predict(1 - alike)
    return labels


def _typical_first(alike: _Table, group: npt.NDArray[np.int64]) -> tuple[int, ...]:
    closeness = alike[np.ix_(group, group)].sum(axis=1)
    # Rounded, so that sums that differ only by the order of adding do not decide.
    return tuple(sorted((int(place) for place in group), key=lambda place: (-round(float(closeness[group == place][0]), 4), place)))


def _grams(text: str) -> list[str]:
    plain = "".join(text.split())
    return [plain[start : start + size] for size in _GRAMS for start in range(len(plain) - size + 1)]
