"""Digests of what decides about answers, so that a record says by which words and numbers it was made."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from hashlib import sha256
from typing import Any

_LENGTH = 16
"""Hexadecimal characters kept: enough to tell versions apart, no proof of anything."""


def version_of(value: Any) -> str:
    """Equal values have equal versions, in every process and in whatever order their sets and tables were built."""
    return sha256(_spelt(value).encode()).hexdigest()[:_LENGTH]


def _spelt(value: Any) -> str:
    if is_dataclass(value) and not isinstance(value, type):
        return f"{type(value).__name__}({','.join(_spelt(getattr(value, field.name)) for field in fields(value))})"
    if isinstance(value, Mapping):
        return "{" + ",".join(sorted(f"{_spelt(key)}:{_spelt(item)}" for key, item in value.items())) + "}"
    if isinstance(value, Set):
        return "<" + ",".join(sorted(map(_spelt, value))) + ">"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_spelt, value)) + "]"
    return repr(value.pattern) if isinstance(value, re.Pattern) else repr(value)
