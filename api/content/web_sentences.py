"""Sentences of the web layer as entries that administrators edit."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from api.wording import WORDING_FILE, WebWording
from assistant.wording_entries import sentence_row
from knowledge_base.content.live_content import LiveMapping
from knowledge_base.content.models import Row
from knowledge_base.errors import StoreUnavailable

PROBLEM, VALIDATION, STEP = "problem", "validation", "step"


def web_rows(path: Path = WORDING_FILE) -> dict[str, Row]:
    """By id. Raises as `load_web_wording`."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = [sentence_row(PROBLEM, status, "\n".join(lines)) for status, lines in table["problem"].items()]
    rows += [sentence_row(VALIDATION, name, text) for name, text in table["validation"].items()]
    rows += [sentence_row(STEP, name, text) for name, text in table["step"].items()]
    return {row["id"]: row for row in rows}


def web_wording_of(rows: Mapping[str, Row], shipped: WebWording) -> WebWording:
    problems = {status: _problem(rows[f"{PROBLEM}.{status}"]) for status in shipped.problems}
    return replace(
        shipped,
        problems=problems,
        validation={name: rows[f"{VALIDATION}.{name}"]["text"] for name in shipped.validation},
        steps={name: rows[f"{STEP}.{name}"]["text"] for name in shipped.steps},
    )


def live_web_wording(current: Callable[[], WebWording], shipped: WebWording) -> WebWording:
    """Always says what `current` says, for those who keep it for as long as the process lives.

    Where nothing could be read of the records yet, what was shipped: that they are away must be said as well.
    """

    def present() -> WebWording:
        try:
            return current()
        except StoreUnavailable:
            return shipped

    return WebWording(
        LiveMapping(lambda: present().problems),
        LiveMapping(lambda: present().validation),
        shipped.fields,
        LiveMapping(lambda: present().steps),
    )


def _problem(row: Row) -> tuple[str, str]:
    title, detail = row["text"].split("\n")
    return title, detail
