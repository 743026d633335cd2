"""Reading labelled sets."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from evaluation.datasets import load_dataset
from evaluation.errors import DatasetUnreadable

CORPUS = '{"_id": "d1", "title": "标题", "text": "正文"}\n{"_id": "d2", "text": "另一篇"}\n'
QUERIES = '{"_id": "q1", "text": "问题", "metadata": {"answer": "答案"}}\n{"_id": "q2", "text": "没有标注的问题"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\nq1\td9\t1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(CORPUS, encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(QUERIES, encoding="utf-8")
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "dev.tsv").write_text(QRELS, encoding="utf-8")
    return tmp_path


def test_questions_carry_their_answer_and_the_relevant_documents_of_the_corpus(folder: Path) -> None:
    dataset = load_dataset(folder)
    assert [document.id for document in dataset.documents] == ["d1", "d2"]
    assert [(question.id, question.answer, dict(question.relevant)) for question in dataset.questions] == [("q1", "答案", {"d1": 1})]


def test_a_compressed_corpus_reads_the_same(folder: Path) -> None:
    plain = load_dataset(folder)
    (folder / "corpus.jsonl").unlink()
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(CORPUS.encode()))
    assert load_dataset(folder) == plain


def test_the_digest_follows_the_corpus_and_not_the_questions(folder: Path) -> None:
    before = load_dataset(folder).digest
    (folder / "queries.jsonl").write_text(QUERIES + '{"_id": "q3", "text": "新"}\n', encoding="utf-8")
    assert load_dataset(folder).digest == before
    (folder / "corpus.jsonl").write_text(CORPUS.replace("正文", "改过的正文"), encoding="utf-8")
    assert load_dataset(folder).digest != before


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("corpus.jsonl", CORPUS + "{broken", "第 3 行"),
        ("queries.jsonl", '{"text": "无编号"}', "缺少 _id"),
        ("qrels/dev.tsv", QRELS + "q1 d1 1\n", "第 5 行"),
        ("qrels/dev.tsv", "q1\td9\t1\n", "没有一个问题"),
    ],
)
def test_a_broken_file_is_named_with_its_line(folder: Path, name: str, content: str, named: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(DatasetUnreadable, match=named):
        load_dataset(folder)


def test_a_missing_folder_or_file_says_what_is_wanted(folder: Path) -> None:
    with pytest.raises(DatasetUnreadable, match="没有这个文件夹"):
        load_dataset(folder / "nowhere")
    (folder / "queries.jsonl").unlink()
    with pytest.raises(DatasetUnreadable, match=r"缺少 queries\.jsonl"):
        load_dataset(folder)
