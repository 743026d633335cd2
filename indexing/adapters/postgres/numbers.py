"""How passages, documents and terms are named by 64-bit numbers, so that no table has to hand them out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from indexing.ports import PassageState

ALIVE = (1 << 63) - 1
"""The generation in which what is alive dies."""
Numbers = npt.NDArray[np.int64]


@lru_cache(maxsize=1 << 18)
def number_of(name: str) -> int:
    """Two among a million different terms share a number once in forty million indexes."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little", signed=True)


def checksum(passage_id: str, state: PassageState) -> int:
    return number_of_uncached(f"{passage_id}\0{state.digest}\0{state.start}\0{state.end}")


def number_of_uncached(name: str) -> int:
    return number_of.__wrapped__(name)


def together(checksums: Iterable[int]) -> str:
    """One checksum of many, in any order; the same as bit_xor of the server."""
    joined = 0
    for one in checksums:
        joined ^= one
    return as_hex(joined)


def as_hex(number: int | None) -> str:
    return f"{(number or 0) & 0xFFFF_FFFF_FFFF_FFFF:016x}"
