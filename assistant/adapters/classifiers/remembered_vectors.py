"""Vectors of texts, embedded on several threads and kept in memory. Knows nothing of labels."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
import numpy.typing as npt

from assistant.adapters.classifiers.learning_settings import EmbeddingSettings
from indexing.ports import Embedder, Vectors


class RememberedVectors:
    """Query vectors by text; the texts least recently asked for are forgotten first. Safe to use from many threads."""

    def __init__(self, embedder: Embedder, settings: EmbeddingSettings) -> None:
        self.fingerprint, self.dimension = embedder.fingerprint, embedder.dimension
        self._embedder, self._settings = embedder, settings
        self._known: OrderedDict[str, npt.NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def of(self, texts: Sequence[str]) -> Vectors:
        """float32 [len(texts), dimension], unit length."""
        wanted = dict.fromkeys(texts)
        with self._lock:
            found = {text: self._known[text] for text in wanted if text in self._known}
        missing = [text for text in wanted if text not in found]
        found.update(zip(missing, self._embed(missing), strict=True))
        self._remember(found)
        return np.array([found[text] for text in texts], np.float32).reshape(len(texts), self.dimension)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        step = self._settings.texts_per_call
        parts = [texts[start : start + step] for start in range(0, len(texts), step)]
        if len(parts) < 2:
            return self._embedder.embed_queries(texts)
        # A query is embedded in the caller's thread, so several callers use several cores.
        with ThreadPoolExecutor(min(self._settings.most_threads, os.cpu_count() or 1)) as pool:
            return np.concatenate(list(pool.map(self._embedder.embed_queries, parts)))

    def _remember(self, vectors: dict[str, npt.NDArray[np.float32]]) -> None:
        with self._lock:
            for text, vector in vectors.items():
                self._known[text] = vector
                self._known.move_to_end(text)
            while len(self._known) > self._settings.remembered_texts:
                self._known.popitem(last=False)
