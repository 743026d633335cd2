"""Unpack a body piece by piece, so that a small one that unpacks to gigabytes never lies in memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

PIECE = 65536
_GZIP, _EITHER = 16 + zlib.MAX_WBITS, 32 + zlib.MAX_WBITS
PACKINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""Content codings that can be unpacked here; asked for are gzip and deflate only."""


class BrokenBody(Exception):
    """It is not packed as it says, or breaks off."""


def unpacked(chunks: Iterable[bytes], packing: str) -> Iterator[bytes]:
    """Pieces of at most PIECE bytes; `packing` is one of PACKINGS. Raises BrokenBody."""
    if packing in {"", "identity"}:
        yield from chunks
    elif packing == "deflate":
        yield from _inflated(chunks, _EITHER, may_be_raw=True)
    else:
        yield from _inflated(chunks, _GZIP)


def _inflated(chunks: Iterable[bytes], bits: int, *, may_be_raw: bool = False) -> Iterator[bytes]:
    engine, begun = zlib.decompressobj(bits), False
    for chunk in chunks:
        rest = chunk
        while rest:
            if engine.eof:
                # Members one after the other are one body (RFC 1952 2.2); zero bytes are padding.
                rest = rest.lstrip(b"\0")
                if not rest:
                    break
                engine = zlib.decompressobj(bits)
            try:
                piece = engine.decompress(rest, PIECE)
            except zlib.error as error:
                if begun or not may_be_raw:
                    raise BrokenBody from error
                # Some servers send deflate without the zlib frame it should have.
                engine, may_be_raw = zlib.decompressobj(-zlib.MAX_WBITS), False
                continue
            begun = True
            yield piece
            # A full piece may leave more inside the engine though it has taken all it was given.
            rest = engine.unconsumed_tail or engine.unused_data
            while not rest and not engine.eof and len(piece) == PIECE:
                piece = engine.decompress(b"", PIECE)
                yield piece
    if begun and not engine.eof:
        raise BrokenBody
