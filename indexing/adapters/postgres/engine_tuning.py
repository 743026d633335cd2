"""Numbers of the PostgreSQL engine, read from engine.toml into frozen values."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ENGINE_FILE = Path(__file__).with_name("engine.toml")


@dataclass(frozen=True, slots=True)
class EngineTuning:
    """`exact_rows` and `exact_share`: where the allowed passages are scanned one by one. `known_passages`: up to where words are weighed in
    memory. `kept_…_mb`: of one open generation in each process, in units of 1,048,576 bytes. `rare_rows` and `rare_reach`: how a keyword
    search on the server goes about common words. `answer_within_s`: for each of its statements. The others as pgvector names them.
    """

    exact_rows: int
    exact_share: float
    known_passages: int
    kept_postings_mb: int
    kept_texts_mb: int
    kept_tokens_mb: int
    rare_rows: int
    rare_reach: int
    ef_search: int
    max_scan_tuples: int
    graph_neighbours: int
    graph_building: int
    build_memory_mb: int
    answer_within_s: int


@cache
def engine_tuning() -> EngineTuning:
    return EngineTuning(**tomllib.loads(ENGINE_FILE.read_text(encoding="utf-8")))
