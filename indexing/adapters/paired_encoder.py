"""The base model and what was tuned of it for search, as one embedder: each text has the vectors of both, side by side.

Thresholds, classifiers and routing go on using the base's vector (`indexing.paired_vectors`); search uses the tuned one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from indexing.adapters.base_tensors import encoder_tensors
from indexing.adapters.embedders import folder_digest, load_embedder
from indexing.adapters.encoder_adaptation import EncoderAdaptation, adaptation_digest, read_adaptation
from indexing.adapters.int8_embedder import Int8Embedder
from indexing.adapters.model_prefixes import find_prefixes
from indexing.adapters.onnx_encoder import write_int8_pair
from indexing.adapters.token_embedder import Int8StateReader, Int8TokenEmbedder
from indexing.adapters.token_weights import TokenWeights
from indexing.adapters.two_models import TwoModels, TwoTokenModels
from indexing.errors import AdapterMismatch, AdapterUnavailable, EmbedderUnavailable
from indexing.paired_vectors import paired_fingerprint
from indexing.ports import Embedder

if TYPE_CHECKING:
    from indexing.adapters.transformer_embedder import SentenceTransformerEmbedder

PAIR_GRAPH = "onnx/encoder_pair_int8.onnx"
STATES_GRAPH = "onnx/encoder_pair_states_int8.onnx"
"""The same with the states of all tokens, written only where something is made of them."""
_LAYOUT = 1
"""Changes with the way graphs are written, so that those written another way are written again."""


def load_pair(
    folder: Path, adaptation: Path, precision: str = "auto", threads: int | None = None, tokens: TokenWeights | None = None
) -> Embedder:
    """`folder`: the base model, provisioned. `adaptation`: the file of encoder_adaptation. With `tokens` a TokenEmbedder.

    The precision is chosen for the base; the pair runs as the base does. Raises EmbedderUnavailable, AdapterUnavailable, AdapterMismatch.
    """
    base = load_embedder(str(folder), precision, threads)
    weights = read_adaptation(adaptation)
    if weights.shape.base != folder.name:
        raise AdapterMismatch(str(adaptation), weights.shape.base, folder.name)
    fingerprint = paired_fingerprint(base.fingerprint, weights.fingerprint)
    if not isinstance(base, Int8Embedder):
        tuned = _tuned_transformer(folder, weights, base, threads)
        return TwoTokenModels(base, tuned, fingerprint, folder, tokens) if tokens else TwoModels(base, tuned, fingerprint)
    graph, prefixes = provision_pair(folder, adaptation, states=tokens is not None), find_prefixes(folder.name, {})
    with _readable(folder, graph):
        if tokens:
            return Int8TokenEmbedder(folder, graph, prefixes, fingerprint, tokens, threads)
        return Int8Embedder(folder, graph, prefixes, fingerprint, threads)


def load_states(folder: Path, adaptation: Path, threads: int | None = None) -> Int8StateReader:
    """For training: the int8 pair with the states of its tokens. Raises as `load_pair`."""
    graph = provision_pair(folder, adaptation, states=True)
    with _readable(folder, graph):
        return Int8StateReader(folder, graph, find_prefixes(folder.name, {}), read_adaptation(adaptation).fingerprint, threads)


@contextmanager
def _readable(folder: Path, graph: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # ONNX Runtime raises types of its own that share no base.
        raise EmbedderUnavailable(str(folder), f"{graph.name} 读不出来（{error}）。请删除该文件后重试。") from error


def provision_pair(folder: Path, adaptation: Path, *, states: bool = False) -> Path:
    """The graph of both, written beside and renamed unless it is there already. Raises EmbedderUnavailable, AdapterUnavailable."""
    graph = folder / (STATES_GRAPH if states else PAIR_GRAPH)
    try:
        made_of = f"{adaptation_digest(adaptation)}/{folder_digest(folder)}/{_LAYOUT}"
        with FileLock(f"{folder}.lock"):
            if _written_of(graph) != made_of:
                _write(folder, graph, read_adaptation(adaptation), made_of, states)
    except FileNotFoundError as error:
        raise AdapterUnavailable(str(adaptation), "没有这个文件。") from error
    except OSError as error:
        raise EmbedderUnavailable(folder.name, f"写不进 {folder}（{error.strerror or error}）。请检查磁盘空间和写权限。") from error
    return graph


def _written_of(graph: Path) -> str | None:
    """None where there is no graph that was completed."""
    note = graph.with_suffix(".made_of")
    return note.read_text(encoding="utf-8") if graph.is_file() and note.is_file() else None


def _write(folder: Path, graph: Path, weights: EncoderAdaptation, made_of: str, states: bool) -> None:
    shape, tensors = encoder_tensors(folder)
    graph.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pair.", dir=folder) as scratch:
        written = Path(scratch) / graph.name
        tuned = weights.tuned(tensors), {**weights.base_peaks, **weights.peaks}
        write_int8_pair(written, shape, tensors, weights.base_peaks, tuned, weights.shape.first_layer, states=states)
        note = graph.with_suffix(".made_of")
        note.unlink(missing_ok=True)
        written.replace(graph)
        # Written last: its presence says that the graph is complete.
        note.write_text(made_of, encoding="utf-8")


def _tuned_transformer(folder: Path, weights: EncoderAdaptation, base: Embedder, threads: int | None) -> SentenceTransformerEmbedder:
    # Imported on use: torch takes seconds, and the int8 graph needs none of it.
    from indexing.adapters.transformer_embedder import load_transformer  # noqa: PLC0415 - see above
    from indexing.adapters.tuned_weights import add_low_rank  # noqa: PLC0415 - see above

    precision = base.fingerprint.split("/")[1]
    return load_transformer(str(folder), weights.digest, precision, threads, lambda model: add_low_rank(model, weights))
