"""Find the fastest precision of a model on this machine that still agrees with float32; remembered in the model's folder."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from indexing.errors import EmbedderUnavailable
from indexing.ports import Embedder

INT8_GRAPH = "onnx/model_int8.onnx"
MIN_COSINE = 0.995
"""Mean over the sample texts."""
_RECORD = "precision.json"
_ROUNDS = 2
_ENOUGH_S = 2.0


def choose_precision(folder: Path, digest: str, threads: int | None, load: Callable[[str], Embedder]) -> str:
    """ "float32", "bfloat16" or "int8". Measures for a few seconds the first time; later calls on the same machine read the record."""
    machine = f"{cpu_name()} · {threads or 'all'} · {digest}"
    record = _read_record(folder / _RECORD)
    if machine not in record:
        record[machine] = _measure(folder, load)
        _write_record(folder / _RECORD, record)
    return str(record[machine]["chosen"])


def cpu_name() -> str:
    """The processor's own name where the system tells it (Linux), else its architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def sample_texts() -> tuple[str, ...]:
    """Varied Chinese texts, one per line of the file beside this one."""
    lines = Path(__file__).with_name("sample_texts.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _measure(folder: Path, load: Callable[[str], Embedder]) -> dict[str, object]:
    texts = sample_texts()
    reference, pace = _timed(load("float32"), texts)
    paces, cosines = {"float32": pace}, {"float32": 1.0}
    for candidate in ("int8", "bfloat16"):
        if candidate == "int8" and not (folder / INT8_GRAPH).is_file():
            continue
        try:
            vectors, paces[candidate] = _timed(load(candidate), texts)
        except (EmbedderUnavailable, RuntimeError):
            continue  # this processor or this build cannot run it
        cosines[candidate] = float(np.sum(vectors * reference, axis=1).mean())
    good = [candidate for candidate in paces if cosines.get(candidate, 0.0) >= MIN_COSINE]
    chosen = max(good, key=paces.__getitem__)
    return {"chosen": chosen, "passages_per_s": paces, "cosine_to_float32": cosines}


def _timed(embedder: Embedder, texts: tuple[str, ...]) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float32]], float]:
    """Vectors, and passages per second in the best of two rounds; a slow first round tells enough."""
    best_s = float("inf")
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        vectors = embedder.embed_passages(texts)
        best_s = min(best_s, time.perf_counter() - started)
        if best_s > _ENOUGH_S:
            break
    return vectors, round(len(texts) / best_s, 1)


def _read_record(path: Path) -> dict[str, dict[str, object]]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}  # absent or half-written: measuring again costs seconds


def _write_record(path: Path, record: dict[str, dict[str, object]]) -> None:
    try:
        path.write_text(json.dumps(record, ensure_ascii=False, indent=2), encoding="utf-8")
    except OSError:
        return  # a read-only folder works too, it only measures at every start
