"""The engine for any sentence-transformers model. Imported only where one is loaded: its libraries take seconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from indexing.adapters.embedding_progress import REPORT_EVERY, report
from indexing.adapters.model_prefixes import Prefixes, find_prefixes
from indexing.errors import EmbedderUnavailable
from indexing.ports import Progress, Vectors

_BATCH = 32
_NO_LIMIT = 1 << 20


def load_transformer(
    name: str, digest: str, precision: str, threads: int | None, change: Callable[[SentenceTransformer], None] | None = None
) -> SentenceTransformerEmbedder:
    """`digest` is of the folder called `name`, empty where `name` is a model's name. `change` alters the model before it is used.

    Raises EmbedderUnavailable.
    """
    # Its bars would be drawn across our own progress.
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library ships no types for it
    try:
        model = SentenceTransformer(name, device="cpu", model_kwargs={"torch_dtype": getattr(torch, precision)})
        if change is not None:
            change(model)
    except Exception as error:
        # Loading can fail in the hub client, in transformers or in safetensors, each with its own types.
        advice = "请确认网络可以下载该模型，或先把模型文件夹拷到本机再填写文件夹路径。" if not digest else "请删除该文件夹后重新准备模型。"
        raise EmbedderUnavailable(name, f"模型读不出来（{type(error).__name__}: {str(error)[:200]}）。{advice}") from error
    revision = digest or _hub_revision(model)
    prefixes = find_prefixes(Path(name).name if digest else name, model.prompts)
    fingerprint = f"{Path(name).name if digest else name}@{revision}/{precision}/{model.max_seq_length}"
    return SentenceTransformerEmbedder(model, prefixes, fingerprint, threads)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model. Questions take turns: its tokenizer must not be used by two threads at once."""

    def __init__(self, model: SentenceTransformer, prefixes: Prefixes, fingerprint: str, threads: int | None = None) -> None:
        self._model, self.prefixes, self.fingerprint = model, prefixes, fingerprint
        self._lock, self.max_tokens = Lock(), int(model.max_seq_length or _NO_LIMIT)
        self.dimension = len(self._encode(["维度"])[0])
        if threads:
            torch.set_num_threads(threads)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # Neighbours of one length share a batch, so little is spent on padding.
        order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        for start in range(0, len(order), REPORT_EVERY):
            places = order[start : start + REPORT_EVERY]
            vectors[places] = self._encode([self.prefixes.passage + texts[place] for place in places])
            report(progress, start + len(places), len(order))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._encode([self.prefixes.query + text for text in texts])

    def read(self, texts: list[str]) -> list[tuple[Vectors, Vectors]]:
        """Of texts that carry their prefix: the vector, and the states of all tokens, float32 [tokens, hidden]."""
        if not texts:
            return []
        with self._lock, torch.inference_mode():
            # With no output value named it gives all there is of each text; its type says less.
            rows: Any = self._model.encode(texts, prompt="", batch_size=_BATCH, output_value=None, show_progress_bar=False)
        states = (row["token_embeddings"][row["attention_mask"].bool()].float().cpu().numpy() for row in rows)
        vectors = _unit_rows(np.array([row["sentence_embedding"].float().cpu().numpy() for row in rows], np.float32))
        return list(zip(vectors, states, strict=True))

    def _encode(self, texts: list[str]) -> Vectors:
        with self._lock, torch.inference_mode():
            rows = self._model.encode(
                texts, prompt="", batch_size=_BATCH, convert_to_tensor=True, normalize_embeddings=True, show_progress_bar=False
            )
        return _unit_rows(rows.float().cpu().numpy())


def _hub_revision(model: SentenceTransformer) -> str:
    """The commit of a downloaded model, so that a new release of it counts as another embedder."""
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    return str(getattr(config, "_commit_hash", None))


def _unit_rows(rows: Vectors) -> Vectors:
    """bfloat16 leaves the length off by up to 0.4 %, and some models do not normalise at all."""
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return np.asarray(rows / lengths, np.float32)
