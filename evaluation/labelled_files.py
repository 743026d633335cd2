"""Read labelled messages from JSON Lines: `id`, `text` and/or `title`, and `label` (or `silver`). Trains nothing, scores nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.classification import LabelledText
from evaluation.errors import DatasetUnreadable

_LABEL_FIELDS = ("label", "silver")


@dataclass(frozen=True, slots=True)
class LabelledMessage:
    """`accepted`: all labels that count as right; the message's own is among them."""

    id: str
    content: LabelledText
    accepted: frozenset[str]


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """`unlabelled`: rows left out because their label is empty, as in files that voters did not agree on."""

    messages: tuple[LabelledMessage, ...]
    unlabelled: int


def load_labelled(paths: Sequence[Path]) -> LabelledFile:
    """The rows of all files, one after the other. Raises DatasetUnreadable, naming the file and the line."""
    messages: list[LabelledMessage] = []
    unlabelled = 0
    for path in paths:
        before = len(messages)
        for number, row in _rows(path):
            message = _message(path, number, row)
            if message is None:
                unlabelled += 1
            else:
                messages.append(message)
        if len(messages) == before:
            raise DatasetUnreadable(path.name, "没有一行带标签。每行要有 label（或 silver），以及 text 或 title。")
    return LabelledFile(tuple(messages), unlabelled)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    if not path.is_file():
        raise DatasetUnreadable(str(path), "没有这个文件。请检查路径。")
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield number, _row(path, number, line)
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetUnreadable(path.name, "文件读不出来或不是 UTF-8。请另存为 UTF-8 的 JSON Lines。") from error


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DatasetUnreadable(path.name, f"第 {number} 行不是 JSON。请每行写一个 JSON 对象。") from error
    if not isinstance(row, dict):
        raise DatasetUnreadable(path.name, f'第 {number} 行不是 JSON 对象。请写成 {{"id": …, "text": …, "label": …}}。')
    return row


def _message(path: Path, number: int, row: dict[str, Any]) -> LabelledMessage | None:
    """None where the label is empty."""
    if not any(field in row for field in _LABEL_FIELDS):
        raise DatasetUnreadable(path.name, f"第 {number} 行没有 label（现有字段：{'、'.join(row) or '无'}）。请补上标签字段 label。")
    label = next((row[field] for field in _LABEL_FIELDS if row.get(field)), None)
    if label is None:
        return None
    text, title = row.get("text") or "", row.get("title") or ""
    if not all(isinstance(value, str) for value in (label, text, title)):
        raise DatasetUnreadable(path.name, f"第 {number} 行的 label、text、title 应当是文字。请检查这一行。")
    if not text.strip() and not title.strip():
        raise DatasetUnreadable(path.name, f"第 {number} 行没有 text 也没有 title（现有字段：{'、'.join(row)}）。请补上文字。")
    accepted = frozenset([label, *(str(other) for other in row.get("all_labels") or ())])
    return LabelledMessage(str(row.get("id", number)), LabelledText(text, label, title), accepted)
