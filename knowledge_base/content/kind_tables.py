"""Loads the columns of every kind of content from kinds.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from knowledge_base.content.models import Column, ColumnType, KindTable

KINDS_FILE = Path(__file__).with_name("kinds.toml")


@cache  # Frozen values of a file that ships with the program.
def kind_tables(path: Path = KINDS_FILE) -> Mapping[str, KindTable]:
    """By id, in the order of the file. Raises KeyError, TypeError or ValueError where the file is malformed."""
    return {name: _kind(name, table) for name, table in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def _kind(name: str, table: Mapping[str, Any]) -> KindTable:
    facts = _frozen(table)
    columns = tuple(_column(column) for column in facts.pop("columns"))
    return KindTable(id=name, columns=columns, **facts)


def _column(table: Mapping[str, Any]) -> Column:
    facts = _frozen(table)
    return Column(type=ColumnType(facts.pop("type", ColumnType.TEXT)), **facts)


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
