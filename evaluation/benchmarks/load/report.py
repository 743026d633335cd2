"""From the results that are there to report.json and report.html. Measures nothing; what was not measured is said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from evaluation.benchmarks.load.cells import Outcome, Results
from evaluation.benchmarks.load.charts import Chart, charts_over_clients, charts_over_passages
from evaluation.benchmarks.load.goals import passages_words, place_words, promises
from evaluation.benchmarks.load.surroundings import surroundings
from evaluation.report import render_page

REPORT_FILE, RESULT_FILE = "report.html", "report.json"
_TEMPLATE = "bench.html"


def write_report(results: Results, folder: Path) -> list[Path]:
    """The files written. Raises ValueError where nothing was measured yet."""
    fields = report_fields(results)
    folder.mkdir(parents=True, exist_ok=True)
    page, beside = folder / REPORT_FILE, folder / RESULT_FILE
    beside.write_text(json.dumps(fields, ensure_ascii=False, indent=2), encoding="utf-8")
    page.write_text(render(fields), encoding="utf-8")
    return [page, beside]


def report_fields(results: Results) -> Outcome:
    """What report.json holds: where and when it was made, every cell, and what preparing took. Raises ValueError."""
    cells = results.all("cell")
    if not cells:
        raise ValueError("还没有测出任何一格，没有可以写进报告的。请先运行 make bench。")
    times = sorted(cell["measured_at"] for cell in cells)
    made = {
        **surroundings(),
        "from": times[0],
        "until": times[-1],
        "commits": sorted({cell["commit"] for cell in cells if cell["commit"]}),
        "cores_of_service": sorted({cell["cores"] for cell in cells}),
    }
    found = {"contents": results.all("content"), "builds": results.all("build"), "refreshes": results.all("refresh")}
    return {"made": made, "promises": [{**asdict(one), "kept": one.is_kept} for one in promises(cells)], **found, "cells": cells}


def render(fields: Outcome) -> str:
    """The page: one file that needs nothing else."""
    cells = fields["cells"]
    sizes = sorted({cell["passages"] for cell in cells})
    contents = {each["passages"]: each for each in fields["contents"]}
    return render_page(
        _TEMPLATE,
        made=fields["made"],
        promises=fields["promises"],
        sizes=[
            {
                "passages": size,
                "words": passages_words(size),
                "origin": contents[size]["origin"] if size in contents else "",
                "reranking": all(cell["reranking"] for cell in own),
                "charts": _drawn(charts_over_clients(size, own)),
                "cells": [{**cell, "where": place_words(cell)} for cell in own],
            }
            for size in sizes
            if (own := [cell for cell in cells if cell["passages"] == size])
        ],
        over_sizes=_drawn(charts_over_passages(cells, fields["builds"], fields["refreshes"])),
        builds=_prepared(fields),
        failed=sum(cell[way]["failed"] for cell in cells for way in ("search", "switching", "paced", "answer")),
    )


def _drawn(charts: Sequence[Chart]) -> list[Outcome]:
    """Those in which something of the service was measured."""
    return [asdict(chart) for chart in charts if any(line.kind == "service" and any(line.values) for line in chart.series)]


def _prepared(fields: Outcome) -> list[Outcome]:
    """One row for each size and engine: building, refreshing, opening."""
    rows = []
    for build in fields["builds"]:
        refresh: Outcome = next((each for each in fields["refreshes"] if _same(each, build)), {})
        opened = [cell["open_s"] for cell in fields["cells"] if _same(cell, build)]
        rows.append(
            {
                **build,
                "refresh_s": refresh.get("refresh_s"),
                "unchanged": refresh.get("unchanged"),
                "where": _where(build),
                "open_s": min(opened, default=None),
            }
        )
    return rows


def _same(one: Outcome, other: Outcome) -> bool:
    return (one["passages"], one["engine"]) == (other["passages"], other["engine"])


def _where(build: Outcome) -> str:
    return place_words(build).rsplit("，", 1)[0]
