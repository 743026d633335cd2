"""The two engines behind the Embedder port: any sentence-transformers model, and the default model's int8 graph."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from indexing.adapters.onnx_encoder import Int8Encoder
from indexing.ports import Progress, Vectors

_STEP = "计算向量"
_BATCH = 32
_REPORT_EVERY = 256


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What the model was trained to see in front of a question and of a passage."""

    query: str
    passage: str


def default_threads() -> int:
    return os.cpu_count() or 1


class SentenceTransformerEmbedder:
    """Any sentence-transformers model. Questions take turns: its tokenizer must not be used by two threads at once."""

    def __init__(self, model: SentenceTransformer, prefixes: Prefixes, fingerprint: str, threads: int | None = None) -> None:
        self._model, self._prefixes, self.fingerprint = model, prefixes, fingerprint
        self._lock = Lock()
        self.dimension = len(self._encode(["维度"])[0])
        if threads:
            torch.set_num_threads(threads)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # Neighbours of one length share a batch, so little is spent on padding.
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        for start in range(0, len(order), _REPORT_EVERY):
            places = order[start : start + _REPORT_EVERY]
            vectors[places] = self._encode([self._prefixes.passage + texts[place] for place in places])
            _report(progress, start + len(places), len(order))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._encode([self._prefixes.query + text for text in texts])

    def _encode(self, texts: list[str]) -> Vectors:
        with self._lock, torch.inference_mode():
            rows = self._model.encode(
                texts, prompt="", batch_size=_BATCH, convert_to_tensor=True, normalize_embeddings=True, show_progress_bar=False
            )
        return _unit_rows(rows.float().cpu().numpy())


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

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # Longest first, so that no thread is left alone with a long text at the end.
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))

        def embed(place: int) -> None:
            vectors[place] = self._encode(self._prefixes.passage + texts[place])

        with ThreadPoolExecutor(self._threads) as pool:
            for done, _ in enumerate(pool.map(embed, order), start=1):
                if done % _REPORT_EVERY == 0 or done == len(order):
                    _report(progress, done, len(order))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Runs in the caller's thread, so concurrent callers spread over the cores by themselves."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for place, text in enumerate(texts):
            vectors[place] = self._encode(self._prefixes.query + text)
        return vectors

    def _encode(self, text: str) -> Vectors:
        pooled = self._encoder.pooled(self._tokenizer.encode(text).ids)
        unit: Vectors = pooled / np.linalg.norm(pooled)
        return unit


def _unit_rows(rows: Vectors) -> Vectors:
    """bfloat16 leaves the length off by up to 0.4 %, and some models do not normalise at all."""
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return np.asarray(rows / lengths, np.float32)


def _report(progress: Progress | None, done: int, total: int) -> None:
    if progress is not None:
        progress(_STEP, done, total)
