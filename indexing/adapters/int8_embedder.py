"""The engine for the default model's int8 graph. Needs neither torch nor transformers."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from indexing.adapters.embedding_progress import REPORT_EVERY, report
from indexing.adapters.model_prefixes import Prefixes
from indexing.adapters.onnx_encoder import Int8Encoder
from indexing.ports import Progress, Vectors

# Questions whose vectors are kept, some 10 kB each: "？" and "?" are one token, and a question is asked about in both forms.
READ_LATELY = 256


def default_threads() -> int:
    return os.cpu_count() or 1


class Int8Embedder:
    """The default model's int8 graph. One text per run on one core: no padding, and the same vector whatever stands beside it."""

    dimension: int

    def __init__(self, folder: Path, graph: Path, prefixes: Prefixes, fingerprint: str, threads: int | None = None) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._encoder = Int8Encoder(graph)
        self._tokenizer.enable_truncation(self._encoder.max_tokens)
        self._prefixes, self.fingerprint = prefixes, fingerprint
        self._threads = threads or default_threads()
        self.dimension = self._encoder.dimension
        self._question = lru_cache(READ_LATELY)(lambda ids: self._encoder.unit(list(ids)))

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)

        def embed(place: int) -> None:
            vectors[place] = self._encode(self._prefixes.passage + texts[place])

        self._for_each(texts, embed, progress)
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Runs in the caller's thread, so concurrent callers spread over the cores by themselves."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for place, text in enumerate(texts):
            vectors[place] = self._question(tuple(self._tokenizer.encode(self._prefixes.query + text).ids))
        return vectors

    def _for_each(self, texts: Sequence[str], work: Callable[[int], None], progress: Progress | None) -> None:
        """Calls `work` with the place of every text, on all threads."""
        # Longest first, so that no thread is left alone with a long text at the end.
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        with ThreadPoolExecutor(self._threads) as pool:
            for done, _ in enumerate(pool.map(work, order), start=1):
                if done % REPORT_EVERY == 0 or done == len(order):
                    report(progress, done, len(order))

    def _encode(self, text: str) -> Vectors:
        return self._encoder.unit(self._tokenizer.encode(text).ids)
