"""Messages that try to lead the assistant astray, and harmless ones that look like them. Reads files and judges nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import DatasetUnreadable

INJECTIONS_FILE = Path(__file__).with_name("golden") / "injections.jsonl"
_ATTACK = "attack"


@dataclass(frozen=True, slots=True)
class InjectionMessage:
    """`attempt` False: a citizen's message that only uses the same words. `technique` is how it is tried, or the kind of look-alike."""

    id: str
    text: str
    attempt: bool
    technique: str


def load_injections(path: Path = INJECTIONS_FILE) -> tuple[InjectionMessage, ...]:
    """JSON Lines with id (or qid), text, attempt (or label: "attack"), technique (or category). Raises DatasetUnreadable."""
    if not path.is_file():
        raise DatasetUnreadable(str(path), "没有这个文件。请检查路径。")
    messages = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            messages.append(_message(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetUnreadable(f"{path.name} 第 {number} 行", "每行应是一个 JSON 对象，写明 id、text、attempt、technique。") from error
    if not messages:
        raise DatasetUnreadable(path.name, "里面没有消息。")
    return tuple(messages)


def _message(row: Mapping[str, Any]) -> InjectionMessage:
    attempt = row["attempt"] if "attempt" in row else row["label"] == _ATTACK
    if not isinstance(attempt, bool) or not isinstance(row["text"], str):
        raise TypeError
    return InjectionMessage(str(row.get("id") or row["qid"]), row["text"], attempt, str(row.get("technique") or row.get("category") or ""))
