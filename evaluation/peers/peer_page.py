"""The table of neighbours as one HTML page that opens from a file, in the clothes of the evaluation report. Measures nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from evaluation.peers.peer_table import HEADINGS, set_words, table_rows, verdict_words

_PAGE = Path(__file__).parents[1] / "report_page"


def render_page(result: Mapping[str, Any]) -> str:
    """`result`: the JSON of the benchmark."""
    environment = Environment(
        loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    sets = [
        {"name": one["name"], "words": set_words(one), "rows": list(table_rows(one)), "verdict": verdict_words(one)}
        for one in result["sets"]
    ]
    return environment.get_template("peers.html").render(
        sets=sets, headings=HEADINGS, result=result, style=(_PAGE / "report.css").read_text(encoding="utf-8")
    )
