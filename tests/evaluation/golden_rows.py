"""Lines of the golden files as they stand there, and how like two questions are."""

from __future__ import annotations

import json
import re
from collections.abc import Set
from itertools import combinations

from evaluation.golden_files import GOLDEN_FOLDER
from tests.demonstration_content import Row

TOO_LIKE = 0.8
"""Share of pairs of neighbouring characters in common (Jaccard) above which two messages are one."""


def rows_of(name: str) -> list[Row]:
    return [json.loads(line) for line in (GOLDEN_FOLDER / name).read_text(encoding="utf-8").splitlines()]


def documents_of(row: Row) -> set[str]:
    return {label.partition("#")[0] for label in row["provisions"]}


def near_repeats(rows: list[Row], field: str) -> list[tuple[str, str]]:
    said = [(row["id"], pairs_of(row[field])) for row in rows]
    return [(one[0], other[0]) for one, other in combinations(said, 2) if likeness(one[1], other[1]) > TOO_LIKE]


def letters(text: str) -> str:
    return "".join(re.findall(r"\w", text))


def pairs_of(text: str) -> frozenset[str]:
    """Never empty: a text without two letters is its own and only pair."""
    plain = letters(text)
    return frozenset(plain[start : start + 2] for start in range(len(plain) - 1)) or frozenset({text})


def likeness(one: Set[str], other: Set[str]) -> float:
    return len(one & other) / len(one | other)
