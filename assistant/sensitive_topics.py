"""Topics on which no answer goes out before a supervisor has read it, loaded from TOML into frozen values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import InvalidTopics

TOPICS_FILE = Path(__file__).with_name("sensitive_topics.toml")


@dataclass(frozen=True, slots=True)
class SensitiveTopic:
    name: str
    words: tuple[str, ...]
    none: tuple[str, ...] = ()

    def is_touched_by(self, text: str) -> bool:
        return any(word in text for word in self.words) and not any(word in text for word in self.none)


@dataclass(frozen=True, slots=True)
class SensitiveTopics:
    topics: tuple[SensitiveTopic, ...] = ()

    def of(self, text: str) -> str:
        """The name of the first topic a text touches, "" for none."""
        return next((topic.name for topic in self.topics if topic.is_touched_by(text)), "")


def load_sensitive_topics(path: Path = TOPICS_FILE) -> SensitiveTopics:
    """Raises InvalidTopics."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidTopics(path.name, "不是有效的 TOML 文件（UTF-8 编码）") from error
    return SensitiveTopics(tuple(_topic(f"{path.name} 第{number}个主题", row) for number, row in enumerate(table.get("topic", ()), 1)))


def _topic(where: str, row: Mapping[str, Any]) -> SensitiveTopic:
    name, words = str(row.get("name", "")).strip(), tuple(str(word) for word in row.get("words", ()) if str(word).strip())
    if not name or not words:
        raise InvalidTopics(where, "缺少 name 或 words")
    return SensitiveTopic(name, words, tuple(str(word) for word in row.get("none", ())))
