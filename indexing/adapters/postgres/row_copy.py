"""Fills the tables of the index by the server's binary COPY: a thousand statements' worth of rows in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection

from indexing.adapters.passage_lines import passage_line
from indexing.adapters.postgres.binary_copy import IntegerColumns, fixed_rows, packed
from indexing.adapters.postgres.generation_rows import PassageWords
from indexing.adapters.postgres.layout import SCHEMA
from indexing.adapters.postgres.numbers import Numbers
from indexing.late_interaction import TokenRows
from indexing.models import Passage
from indexing.ports import IndexingParts, Vectors

_ROWS_AT_ONCE = 8192


class RowCopy:
    """Within the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]  # a connection in use has one

    def passages(self, rows: list[tuple[Any, ...]]) -> None:
        columns = "document, passage, born, died, effective_on, ends_on, region, length, checksum"
        self._rows("passages", columns, ["int8", "int8", "int8", "int8", "date", "date", "text", "int4", "int8"], rows)

    def texts(self, rows: list[tuple[int, int, Passage, bytes, bytes]]) -> None:
        columns = "document, passage, id, digest, starts_at, ends_at, body, terms, occurrences"
        kinds = ["int8", "int8", "text", "text", "int4", "int4", "bytea", "bytea", "bytea"]
        self._rows(
            "texts",
            columns,
            kinds,
            [
                (document, number, passage.id, passage.digest, passage.start, passage.end, passage_line(passage), terms, occurrences)
                for document, number, passage, terms, occurrences in rows
            ],
        )

    def vectors(self, documents: Numbers, numbers: Numbers, vectors: Vectors, parts: IndexingParts) -> None:
        # What stands in a column of type bytea is handed on as it is, and read by the type of the table.
        with self._cursor.copy(f"COPY {SCHEMA}.vectors (document, passage, searched, base) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "int8", "bytea", "bytea"])
            for start, end in blocks(len(numbers)):
                searched = parts.adapter.passages(vectors[start:end])
                base = parts.adapter.base(vectors[start:end])
                for row in range(end - start):
                    own = packed(base[row], ">f2") if parts.adapter.fingerprint else None
                    copy.write_row((int(documents[start + row]), int(numbers[start + row]), packed(searched[row], ">f4"), own))

    def tokens(self, documents: Numbers, numbers: Numbers, new: Sequence[int], tokens: Iterable[TokenRows]) -> None:
        """`tokens` of every passage in turn, of which those at the places `new` are written: they are read one by one."""
        row_of = {place: row for row, place in enumerate(new)}
        with self._cursor.copy(f"COPY {SCHEMA}.tokens (document, passage, width, content) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int8", "int8", "int4", "bytea"])
            for place, rows in enumerate(tokens):
                if (row := row_of.get(place)) is not None:
                    # A text without words has no rows, of whatever width.
                    width = rows.shape[1] if len(rows) else 1
                    copy.write_row((int(documents[row]), int(numbers[row]), width, np.ascontiguousarray(rows, np.int8).tobytes()))

    def postings(self, words: PassageWords, documents: Numbers, numbers: Numbers, lengths: Numbers) -> None:
        rows = words.rows()
        # In the order of the index, so that it grows at one end of each term.
        order = np.lexsort((numbers[rows], documents[rows], words.terms))
        of_order = rows[order]
        columns: IntegerColumns = {
            "term": (">i8", words.terms[order]),
            "document": (">i8", documents[of_order]),
            "passage": (">i8", numbers[of_order]),
            "occurrences": (">i4", words.occurrences[order]),
            "length": (">i4", lengths[of_order]),
        }
        with self._cursor.copy(f"COPY {SCHEMA}.postings ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)") as copy:
            for block in fixed_rows(columns):
                copy.write(block)

    def _rows(self, table: str, columns: str, kinds: list[str], rows: list[tuple[Any, ...]]) -> None:
        with self._cursor.copy(f"COPY {SCHEMA}.{table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(kinds)
            for row in rows:
                copy.write_row(row)


def blocks(count: int) -> list[tuple[int, int]]:
    """Ranges that together are `range(count)`, so that adapted vectors are never all in memory."""
    return list(pairwise([*range(0, count, _ROWS_AT_ONCE), count])) if count else []
