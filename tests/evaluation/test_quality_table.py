"""The README's quality table."""

from __future__ import annotations

import pytest

from evaluation.quality_table import MARKERS, render_table, replace_between_markers

ROW = {"hit@1": 0.5, "hit@5": 0.75, "hit@10": 0.8, "mrr@10": 0.6, "ndcg@10": 0.65, "recall@100": 0.9, "p50_ms": 12.4, "p95_ms": 20.6}
RETRIEVAL = {"dataset": "ncp", "queries": 10, "rows": {"lexical": ROW, "vector": ROW, "default": ROW}}
ANSWERS = {
    "dataset": "ncp",
    "queries": 10,
    "span_contained": 0.7,
    "rouge_l": 0.2,
    "answered": 0.9,
    "citation_relevant": 0.8,
    "quoted_chars_p90": 470,
}


def test_every_way_of_searching_has_its_own_row() -> None:
    table = render_table([RETRIEVAL])
    assert [label in table for label in ("仅关键词", "仅向量", "默认")] == [True] * 3
    assert "| 0.500 | 0.750 | 0.800 | 0.600 | 0.650 | 0.900 | 12 ms | 21 ms |" in table


def test_a_set_that_has_taught_the_adapter_is_marked_where_the_adapter_ranks() -> None:
    table = render_table([{**RETRIEVAL, "trained": True, "rows": {"lexical": ROW, "hybrid": ROW, "adapted": ROW, "default": ROW}}])
    assert ["训练过" in line for line in table.splitlines()[2:]] == [False, False, True, True]


def test_every_line_has_as_many_cells_as_the_head() -> None:
    for part in render_table([RETRIEVAL, ANSWERS]).split("\n\n"):
        assert len({line.count("|") for line in part.splitlines()}) == 1


def test_only_what_stands_between_the_markers_changes() -> None:
    text = f"前文\n{MARKERS[0]}\n旧表\n{MARKERS[1]}\n后文"
    assert replace_between_markers(text, "新表") == f"前文\n{MARKERS[0]}\n新表\n{MARKERS[1]}\n后文"


def test_a_missing_marker_is_named() -> None:
    with pytest.raises(ValueError, match="quality:begin"):
        replace_between_markers("没有标记", "新表")
