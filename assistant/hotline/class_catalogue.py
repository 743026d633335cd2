"""The catalogue of matters that orders are filed under (诉求分类), read from a file; which one it is, the customer decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import InvalidCatalogue
from indexing.ports import Embedder, Tokenizer, Vectors

CATALOGUE_FILE = Path(__file__).with_name("classes.jsonl")
_LEVELS = ("l1", "l2", "l3")
_REST = "其他"
# A word of the message found in a class's own name says more than any nearness of meaning.
_WORD_WEIGHT = 0.04

ClassPath = tuple[str, ...]


@dataclass(frozen=True)
class ClassCatalogue:
    """`paths` from the widest class to the narrowest. Vectors are made at the first suggestion."""

    paths: tuple[ClassPath, ...]
    embedder: Embedder
    tokenizer: Tokenizer

    @classmethod
    def from_file(cls, path: Path, embedder: Embedder, tokenizer: Tokenizer) -> ClassCatalogue:
        """JSON Lines with `l1`, `l2`, `l3` (deeper levels may be left out). Raises InvalidCatalogue."""
        return cls(read_catalogue(path), embedder, tokenizer)

    def all(self) -> tuple[ClassPath, ...]:
        return self.paths

    def suggest(self, text: str, limit: int = 3) -> tuple[tuple[ClassPath, float], ...]:
        """The nearest classes, best first, with a nearness that only ranks them (no probability). Empty for an empty text."""
        if not text.strip() or not self.paths:
            return ()
        nearness = self._vectors @ self.embedder.embed_queries([text])[0] + _WORD_WEIGHT * self._shared_words(text)
        best = np.argsort(-nearness, kind="stable")[:limit]
        return tuple((self.paths[place], round(float(nearness[place]), 4)) for place in best)

    def _shared_words(self, text: str) -> Vectors:
        """float32 [len(paths)]: how many characters of the class's name stand as words in the text."""
        words = {word for word in self.tokenizer.query_terms(text) if len(word) > 1}
        counts = [sum(len(word) for word in words if word in "".join(path[1:])) for path in self.paths]
        return np.array(counts, dtype=np.float32)

    @cached_property
    def _vectors(self) -> Vectors:
        """Classes called "others" are never suggested by nearness: their names say nothing."""
        vectors = self.embedder.embed_queries(["，".join(reversed(path)) for path in self.paths])
        rest = [place for place, path in enumerate(self.paths) if path[-1].startswith(_REST)]
        vectors[rest] = 0.0
        return vectors


def read_catalogue(path: Path) -> tuple[ClassPath, ...]:
    """Every path once, in the file's order. Raises InvalidCatalogue."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [(number, json.loads(line)) for number, line in enumerate(lines, start=1) if line.strip()]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InvalidCatalogue(path.name, "读不了，应当是 UTF-8 编码的 JSON Lines，每行一个分类") from error
    if not rows:
        raise InvalidCatalogue(path.name, "没有任何分类")
    return tuple(dict.fromkeys(_path(f"{path.name} 第{number}行", row) for number, row in rows))


def _path(where: str, row: Any) -> ClassPath:
    named = [str(row.get(level) or "").strip() for level in _LEVELS] if isinstance(row, Mapping) else []
    if not named or not named[0] or (len(named) > 2 and named[2] and not named[1]):
        raise InvalidCatalogue(where, "应当有 l1，以及逐级的 l2、l3")
    return tuple(name for name in named if name)
