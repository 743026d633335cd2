"""zhengwen train as a shell calls it, in this process."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from evaluation import train_command


def run(*words: str | Path) -> str:
    """What it printed. Raises what the command raises."""
    from api.cli import create_cli

    app = create_cli()
    app.command()(train_command.train)
    outcome = CliRunner().invoke(app, ["train", *map(str, words)])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome.output
