"""How much memory and time one file may cost, loaded from limits.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.errors import UnreadableDocument

LIMITS_FILE = Path(__file__).with_name("limits.toml")


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Bytes, characters, pages, rows, pixels and seconds one file may take."""

    max_bytes: int
    max_unpacked_bytes: int
    max_unpack_ratio: int
    max_record_bytes: int
    max_characters: int
    max_pages: int
    max_rows: int
    max_members: int
    max_recognised_pages: int
    recognition_dpi: int
    max_picture_side: int
    max_picture_pixels: int
    program_timeout_s: int


def load_limits(path: Path = LIMITS_FILE) -> ReadingLimits:
    """Raises TypeError where an entry is missing or unknown."""
    return ReadingLimits(**tomllib.loads(path.read_text(encoding="utf-8")))


def require_length(name: str, text: str, limits: ReadingLimits) -> None:
    """Raises UnreadableDocument when one text is longer than a policy document can sensibly be."""
    if len(text) > limits.max_characters:
        raise UnreadableDocument(name, f"正文有{len(text)}个字，超过{limits.max_characters}字的上限。请拆成几个文件后重新导入。")
