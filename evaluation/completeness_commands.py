"""zhengwen evaluate completeness: whether answers leave out a condition, a 项 or an exception."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import open_container, progress_bars
from evaluation.ask_golden import without_keeping
from evaluation.completeness import CASES_FILE, ask_cases, completeness_summary, load_cases
from evaluation.delivery import OutFile, deliver, measured


def completeness(
    cases: Annotated[Path, typer.Option("--cases", help="完整性题目文件（JSON Lines）")] = CASES_FILE, out_file: OutFile = None
) -> None:
    """完整性：条款的每一项、每个条件和但书有没有都显示出来。"""
    container = open_container()
    # As the service does after its start.
    container.learn()
    with progress_bars() as say:
        result = measured(lambda: completeness_summary(ask_cases(without_keeping(container.assistant()), load_cases(cases), say)))
    deliver(result, out_file)
