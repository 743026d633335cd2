"""Load an embedder by model name or folder, with the prefixes it was trained with and the precision that suits the machine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from indexing.adapters.int8_embedder import Int8Embedder
from indexing.adapters.model_prefixes import find_prefixes
from indexing.adapters.precision_choice import INT8_GRAPH, choose_precision
from indexing.errors import EmbedderUnavailable
from indexing.ports import Embedder

PRECISIONS = ("auto", "float32", "bfloat16", "int8")
_FINGERPRINTED = ("*.safetensors", "*.bin", "*.json", "*/config.json", "onnx/*.onnx")
# The graphs of the tuned pair, and one that an earlier reranker left, lie beside the embedder's and have no part in its vectors.
_NOT_FINGERPRINTED = frozenset(
    {"precision.json", "provisioning.json", "reranker_int8.onnx", "encoder_pair_int8.onnx", "encoder_pair_states_int8.onnx"}
)


def load_embedder(name_or_folder: str, precision: str = "auto", threads: int | None = None) -> Embedder:
    """`name_or_folder`: a sentence-transformers folder, or a model name that is in the local model cache or can be downloaded.

    `precision` is one of PRECISIONS; "auto" measures once per folder and machine and remembers, "int8" needs the graph that
    provisioning writes. `threads` None means all cores. Raises EmbedderUnavailable.
    """
    if precision not in PRECISIONS:
        raise EmbedderUnavailable(name_or_folder, f"精度只能是 {'、'.join(PRECISIONS)} 之一，不能是“{precision}”。")
    folder = Path(name_or_folder)
    if not folder.is_dir():
        return _load_by_name(name_or_folder, precision, threads)
    if not (folder / "modules.json").is_file():
        raise EmbedderUnavailable(name_or_folder, "文件夹里没有 modules.json，模型不完整。请删除该文件夹后重新准备模型。")
    digest = folder_digest(folder)
    if precision == "auto":
        precision = choose_precision(folder, digest, threads, lambda candidate: _load_folder(folder, digest, candidate, threads))
    return _load_folder(folder, digest, precision, threads)


def _load_folder(folder: Path, digest: str, precision: str, threads: int | None) -> Embedder:
    if precision != "int8":
        return _load_transformer(str(folder), digest, precision, threads)
    graph = folder / INT8_GRAPH
    if not graph.is_file():
        raise EmbedderUnavailable(str(folder), "没有 int8 模型文件。请把精度改为 auto、float32 或 bfloat16。")
    try:
        prefixes = find_prefixes(folder.name, _stated_prompts(folder))
        return Int8Embedder(folder, graph, prefixes, f"{folder.name}@{digest}/int8", threads)
    except Exception as error:
        # ONNX Runtime and tokenizers raise types of their own that share no base.
        raise EmbedderUnavailable(str(folder), f"int8 模型文件读不出来（{error}）。请删除该文件夹后重新准备模型。") from error


def _load_by_name(name: str, precision: str, threads: int | None) -> Embedder:
    if name.startswith((".", "/", "~")) or name.count("/") > 1:
        raise EmbedderUnavailable(name, "文件夹不存在。请检查路径；默认模型会在第一次启动或建立索引时自动准备。")
    if precision == "int8":
        raise EmbedderUnavailable(name, "int8 只适用于本机准备好的默认模型。请把精度改为 auto、float32 或 bfloat16。")
    return _load_transformer(name, "", "float32" if precision == "auto" else precision, threads)


def _load_transformer(name: str, digest: str, precision: str, threads: int | None) -> Embedder:
    # Imported on use: torch and its neighbours take seconds, and the int8 graph needs none of them.
    from indexing.adapters.transformer_embedder import load_transformer  # noqa: PLC0415 - see above

    return load_transformer(name, digest, precision, threads)


def _stated_prompts(folder: Path) -> dict[str, str]:
    config = folder / "config_sentence_transformers.json"
    return dict(json.loads(config.read_text(encoding="utf-8")).get("prompts", {})) if config.is_file() else {}


def folder_digest(folder: Path) -> str:
    """12 hex digits over the names and bytes of every file that bears on the vectors."""
    digest = hashlib.blake2b(digest_size=6)
    paths = {path for pattern in _FINGERPRINTED for path in folder.glob(pattern)}
    for path in sorted(paths):
        if path.name in _NOT_FINGERPRINTED:
            continue
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "blake2b").digest())
    return digest.hexdigest()
