"""The start of the command line `zhengwen`: the api's commands and those that measure."""

from __future__ import annotations

from api.cli import create_cli
from api.commands.console import run


def main() -> None:
    run(create_cli())
