"""The start of the command line `zhengwen`: the api's commands and those that measure."""

from __future__ import annotations

from api.cli import create_cli
from api.commands.console import run
from evaluation import commands


def main() -> None:
    app = create_cli()
    app.add_typer(commands.app, name="evaluate")
    run(app)
