"""Questions written for the articles of a corpus, each naming by title what answers it: one more set to tune the encoder on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.errors import DatasetUnreadable
from indexing.models import Passage
from indexing.training.models import TrainingQuestion


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """`articles`: titles of documents of the corpus ("商标法实施条例第七十条"), any of which answers it; white space does not count."""

    id: str
    text: str
    articles: tuple[str, ...]


def read_written_questions(path: Path) -> tuple[WrittenQuestion, ...]:
    """One JSON object with "question" and "articles" a line; its number is the id. Raises DatasetUnreadable, naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetUnreadable(str(path), f"读不出来或不是 UTF-8（{error}）。") from error
    found = tuple(_question(path, number, line) for number, line in enumerate(lines, start=1) if line.strip())
    if not found:
        raise DatasetUnreadable(str(path), "里面没有问题。每行写一个含有 question 和 articles 的 JSON。")
    return found


def on_passages(written: Sequence[WrittenQuestion], passages: Sequence[Passage]) -> tuple[TrainingQuestion, ...]:
    """With the rows of all passages of the documents named; questions none of whose articles the corpus has are left out."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        rows[_bare(passage.title)].append(row)
    placed = ((one, tuple(row for title in one.articles for row in rows.get(_bare(title), ()))) for one in written)
    return tuple(TrainingQuestion(one.id, one.text, right) for one, right in placed if right)


def _question(path: Path, number: int, line: str) -> WrittenQuestion:
    try:
        row = json.loads(line)
        text, articles = str(row["question"]), tuple(map(str, row["articles"]))
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetUnreadable(path.name, f"第 {number} 行不是含有 question 和 articles 的 JSON。") from error
    if not text.strip() or not articles or isinstance(row["articles"], str):
        raise DatasetUnreadable(path.name, f"第 {number} 行没有问题，或者没有写出回答它的条文。")
    return WrittenQuestion(f"{path.stem}-{number}", text, articles)


def _bare(title: str) -> str:
    return "".join(title.split())
