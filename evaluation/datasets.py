"""Read labelled retrieval sets in BEIR layout: corpus.jsonl[.gz], queries.jsonl[.gz], qrels/*.tsv. Changes nothing, indexes nothing."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.errors import DatasetUnreadable


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """`relevant`: grade above 0 by document id. `answer` and `keywords` are as labelled, "" where the set has none."""

    id: str
    text: str
    relevant: Mapping[str, int]
    answer: str
    keywords: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """`questions` are those with at least one relevant document of the corpus. `digest`: 12 hex digits over the corpus."""

    name: str
    documents: tuple[CorpusDocument, ...]
    questions: tuple[LabelledQuestion, ...]
    digest: str


def load_dataset(folder: Path) -> Dataset:
    """Raises DatasetUnreadable, naming the file and the line."""
    if not folder.is_dir():
        raise DatasetUnreadable(str(folder), "没有这个文件夹。请填写含有 corpus.jsonl、queries.jsonl 和 qrels 的文件夹。")
    documents = tuple(
        CorpusDocument(str(row["_id"]), str(row.get("title") or ""), str(row.get("text") or "")) for row in _rows(folder, "corpus")
    )
    relevant = _relevant(folder, {document.id for document in documents})
    questions = tuple(_questions(folder, relevant))
    if not questions:
        raise DatasetUnreadable(str(folder / "qrels"), "没有一个问题标注了语料里的文件。请检查编号是否一致。")
    return Dataset(folder.resolve().name, documents, questions, _digest(documents))


def _questions(folder: Path, relevant: Mapping[str, Mapping[str, int]]) -> Iterator[LabelledQuestion]:
    for row in _rows(folder, "queries"):
        name = str(row["_id"])
        if name in relevant:
            labels = row.get("metadata") or {}
            answer, keywords = (text if isinstance(text := labels.get(label), str) else "" for label in ("answer", "keywords"))
            yield LabelledQuestion(name, str(row.get("text") or ""), relevant[name], answer, keywords)


def _rows(folder: Path, stem: str) -> Iterator[dict[str, Any]]:
    path = next((found for found in (folder / f"{stem}.jsonl", folder / f"{stem}.jsonl.gz") if found.is_file()), None)
    if path is None:
        raise DatasetUnreadable(str(folder), f"缺少 {stem}.jsonl 或 {stem}.jsonl.gz。")
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _row(path, number, line)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DatasetUnreadable(path.name, f"文件损坏或不是 UTF-8（{error}）。") from error


def _row(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise DatasetUnreadable(path.name, f"第 {number} 行不是 JSON。") from error
    if not isinstance(row, dict) or "_id" not in row:
        raise DatasetUnreadable(path.name, f"第 {number} 行缺少 _id。")
    return row


def _relevant(folder: Path, known: set[str]) -> dict[str, dict[str, int]]:
    """Grades by question; lines are query id, document id, grade, separated by tabs, with or without a heading line."""
    relevant: dict[str, dict[str, int]] = {}
    for path in sorted((folder / "qrels").glob("*.tsv")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            question, document, grade = _label(path, number, line)
            if grade > 0 and document in known:
                relevant.setdefault(question, {})[document] = grade
    return relevant


def _label(path: Path, number: int, line: str) -> tuple[str, str, int]:
    columns = line.split("\t")
    if number == 1 and not columns[-1].strip().lstrip("-").isdigit():
        return "", "", 0
    try:
        question, document, grade = columns
        return question, document, int(grade)
    except ValueError as error:
        raise DatasetUnreadable(f"qrels/{path.name}", f"第 {number} 行应当是“问题编号、文件编号、分数”三列。") from error


def _digest(documents: tuple[CorpusDocument, ...]) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for document in documents:
        digest.update(json.dumps([document.id, document.title, document.text], ensure_ascii=False).encode())
    return digest.hexdigest()
