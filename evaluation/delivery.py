"""What all commands of `zhengwen evaluate` share: errors as sentences, the result printed and written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.console import CommandFailed, out
from evaluation.errors import EvaluationError

OutFile = Annotated[Path | None, typer.Option("--json", help="把结果写到这个 JSON 文件")]


def measured(measure: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
    """Raises CommandFailed with the sentence of what went wrong."""
    try:
        return dict(measure())
    except (EvaluationError, ValueError) as error:
        raise CommandFailed(str(error)) from error


def deliver(result: Mapping[str, Any], path: Path | None) -> None:
    """Prints JSON, and writes it where a file is named."""
    out.print(_json(result), markup=False)
    if path:
        write_json(result, path)


def write_json(result: Mapping[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_json(result) + "\n", encoding="utf-8")


def _json(result: Mapping[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False, indent=2, default=str)
