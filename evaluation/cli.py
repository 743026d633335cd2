"""The start of the command line `zhengwen`: the api's commands, those that measure, and the one that trains what is measured."""

from __future__ import annotations

from api.cli import create_cli
from api.commands.console import run
from evaluation import commands
from evaluation.train_command import train


def main() -> None:
    app = create_cli()
    app.add_typer(commands.app, name="evaluate")
    app.command()(train)
    run(app)
