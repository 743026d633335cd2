"""Rows for PostgreSQL's binary COPY, made by whole columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_ROWS_AT_ONCE = 1 << 16
IntegerColumns = dict[str, tuple[str, npt.NDArray[np.integer]]]
"""By name: big-endian type and values, e.g. {"term": (">i8", terms)}."""


def fixed_rows(columns: IntegerColumns) -> Iterator[bytes]:
    """Blocks of a whole COPY stream."""
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for name, (kind, _) in columns.items():
        fields += [(f"{name} size", ">i4"), (name, kind)]
    yield HEADER
    total = len(next(iter(columns.values()))[1])
    for start in range(0, total, _ROWS_AT_ONCE):
        rows = np.empty(min(_ROWS_AT_ONCE, total - start), np.dtype(fields))
        rows["count"] = len(columns)
        for name, (kind, values) in columns.items():
            rows[f"{name} size"] = np.dtype(kind).itemsize
            rows[name] = values[start : start + len(rows)]
        yield rows.tobytes()
    yield TRAILER


def packed(vector: npt.NDArray[np.floating], kind: str) -> bytes:
    """As pgvector reads a vector (">f4") or a halfvec (">f2"): the dimension, two bytes to spare, the numbers."""
    return len(vector).to_bytes(2, "big") + bytes(2) + vector.astype(kind).tobytes()
