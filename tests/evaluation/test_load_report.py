"""The report of the load measurement: one file that needs nothing else, made of whatever has been measured so far."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from evaluation.benchmarks.load.cells import Results
from evaluation.benchmarks.load.goals import promises
from evaluation.benchmarks.load.report import report_fields, write_report
from tests.evaluation.load_cells import a_cell, figures, keep_cell, keep_preparation


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """Two engines at 20,000 passages, one of them with two processes as well."""
    results = Results(tmp_path / "service")
    for engine, processes in (("local", 1), ("local", 2), ("postgres", 1)):
        for clients in (1, 50):
            keep_cell(results, a_cell(engine=engine, processes=processes, clients=clients))
    for engine in ("local", "postgres"):
        keep_preparation(results, 20_000, engine)
    return results


@pytest.fixture
def page(results: Results, tmp_path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(write_report(results, tmp_path)[0].read_text(encoding="utf-8"))


def drawn(page: LexborHTMLParser, name: str) -> dict[str, object]:
    script = page.css_first(f'[data-lines="{name}"] script')
    assert script is not None
    chart: dict[str, object] = json.loads(script.text())
    return chart


def test_the_page_asks_for_nothing_outside_itself(page: LexborHTMLParser) -> None:
    assert not [node.tag for node in page.css("[src], link, img, iframe, object")]
    assert not re.search(r"url\(|@import", "".join(style.text() for style in page.css("style")))


def test_every_link_leads_somewhere_on_the_page(page: LexborHTMLParser) -> None:
    ids = {node.attributes["id"] for node in page.css("[id]")}
    assert {(link.attributes.get("href") or "")[1:] for link in page.css("a")} <= ids


def test_latency_is_drawn_for_every_engine_and_number_of_processes_beside_the_limits_and_the_goal(page: LexborHTMLParser) -> None:
    chart = drawn(page, "search-p95_ms-20000")
    assert chart["x"] == ["1", "50"]
    labels = {line["label"]: line["kind"] for line in chart["series"]}  # type: ignore[attr-defined]
    assert [label for label, kind in labels.items() if kind == "service"] == ["本机快照，1 进程", "本机快照，2 进程", "PostgreSQL，1 进程"]
    assert [label for label, kind in labels.items() if kind == "limit"] == ["FastAPI 空路由", "单算问题向量", "numpy 全扫"]
    assert [label for label, kind in labels.items() if kind == "goal"] == ["目标（50 人）"]


def test_a_cell_that_was_not_measured_leaves_a_gap(results: Results, tmp_path: Path) -> None:
    keep_cell(results, a_cell(clients=100))
    page = LexborHTMLParser(write_report(results, tmp_path)[0].read_text(encoding="utf-8"))
    lines = {line["label"]: line["values"] for line in drawn(page, "search-p95_ms-20000")["series"]}  # type: ignore[attr-defined]
    assert lines["PostgreSQL，1 进程"] == [300, 300, None]


def test_every_chart_has_a_name_of_its_own(page: LexborHTMLParser) -> None:
    names = [figure.attributes["data-lines"] for figure in page.css("[data-lines]")]
    assert len(names) == len(set(names)) > 10


def test_a_promise_is_kept_only_by_what_is_fast_enough_and_did_not_fail() -> None:
    searches = {one.words: one for one in promises([a_cell(switching={**figures(151), "switches": 1}, answer=figures(100, failed=1))])}
    assert {words: one.is_kept for words, one in searches.items()} == {
        "50 人不停地检索，其间切换快照": False,
        "50 人每人每秒检索一次，其间切换快照": True,
        "50 人不停地咨询": False,
    }


def test_what_was_measured_is_compared_with_the_limits_of_the_same_run() -> None:
    promise = next(one for one in promises([a_cell()]) if "不停地检索" in one.words)
    assert (promise.to_hello, promise.to_embedding) == (12.0, 3.0)


def test_nothing_is_promised_of_a_size_without_a_goal() -> None:
    assert [one.words for one in promises([a_cell(passages=500)])] == ["50 人不停地咨询"]


def test_goals_that_were_missed_are_told_in_words(page: LexborHTMLParser) -> None:
    assert "没有达到" in page.css(".card")[0].text()
    row = next(row for row in page.css(".figures tbody tr") if "1 人咨询" in row.text())
    assert "没有达到" in row.text()


def test_the_page_says_where_texts_and_vectors_come_from_and_on_what_machine(page: LexborHTMLParser) -> None:
    assert "5 段示范内容；向量都是真实的" in page.text()
    assert "abc1234" in page.text()


def test_the_file_beside_the_page_holds_every_cell(results: Results, tmp_path: Path) -> None:
    beside = write_report(results, tmp_path)[1]
    fields = json.loads(beside.read_text(encoding="utf-8"))
    assert len(fields["cells"]) == 6
    assert fields == json.loads(json.dumps(report_fields(results)))


def test_nothing_measured_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="还没有测出任何一格"):
        report_fields(Results(tmp_path))


def test_what_nobody_measured_is_not_drawn(tmp_path: Path) -> None:
    results = Results(tmp_path / "service")
    keep_cell(results, a_cell(passages=500, clients=4))
    page = LexborHTMLParser(write_report(results, tmp_path)[0].read_text(encoding="utf-8"))
    names = {figure.attributes["data-lines"] for figure in page.css("[data-lines]")}
    assert "search-p95_ms-500" in names
    assert not names & {"size-alone", "size-build"}
    assert not page.css("table.figures")
