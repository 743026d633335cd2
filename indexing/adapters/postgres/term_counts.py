"""In how many passages each term stands, generation by generation: only terms of which the count changes get a new row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sqlalchemy import Connection, text

from indexing.adapters.postgres.generation_rows import PassageWords
from indexing.adapters.postgres.layout import SCHEMA
from indexing.adapters.postgres.numbers import ALIVE

# The names in statements are this module's own.
# ruff: noqa: S608


def alive_among(ended: list[int] | None) -> str:
    """A condition on passages p: those alive that end now, None for all. (Those that stay would be a list that the server walks along.)"""
    return "p.died = :alive" if ended is None else "p.died = :alive AND p.passage = ANY(:ended)"


def count_terms(connection: Connection, generation: int, added: PassageWords, ended: list[int] | None) -> None:
    """`ended`: the numbers of the passages that the caller ends next, None for all that are alive."""
    changed = _changed(added, _terms_of_ended(connection, ended))
    present = text(f"SELECT term, containing, word FROM {SCHEMA}.terms WHERE died = :alive AND term = ANY(:terms)")
    known = {row.term: row for row in connection.execute(present, {"alive": ALIVE, "terms": list(changed)})}
    outdated = text(f"UPDATE {SCHEMA}.terms SET died = :generation WHERE died = :alive AND term = ANY(:terms)")
    connection.execute(outdated, {"generation": generation, "alive": ALIVE, "terms": list(known)})
    counts = {term: change + (known[term].containing if term in known else 0) for term, change in changed.items()}
    cursor = connection.connection.driver_connection.cursor()  # type: ignore[union-attr]  # a connection in use has one
    with cursor.copy(f"COPY {SCHEMA}.terms (term, born, died, containing, word) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["int8", "int8", "int8", "int4", "text"])
        for term, count in counts.items():
            if count > 0:
                # A term may hold a sign that the server's text cannot.
                word = (known[term].word if term in known else added.words[term]).replace("\0", "")
                copy.write_row((term, generation, ALIVE, count, word))


def _terms_of_ended(connection: Connection, ended: list[int] | None) -> Mapping[int, int]:
    """In how many of the passages that end now each term stands."""
    ending = text(
        f"SELECT x.terms FROM {SCHEMA}.passages p JOIN {SCHEMA}.texts x ON x.document = p.document AND x.passage = p.passage"
        f" WHERE {alive_among(ended)}"
    )
    found = [np.frombuffer(row.terms, "<i8") for row in connection.execute(ending, {"alive": ALIVE, "ended": ended or []})]
    terms, counts = np.unique(np.concatenate([np.empty(0, np.int64), *found]), return_counts=True)
    return dict(zip(terms.tolist(), counts.tolist(), strict=True))


def _changed(added: PassageWords, ended: Mapping[int, int]) -> dict[int, int]:
    terms, counts = np.unique(added.terms, return_counts=True)
    changes = dict(zip(terms.tolist(), counts.tolist(), strict=True))
    for term, count in ended.items():
        changes[term] = changes.get(term, 0) - count
    return {term: change for term, change in changes.items() if change}
