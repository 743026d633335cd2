"""Questions written for the articles of a corpus: read, placed on the passages they name, and refused where a line is broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evaluation.errors import DatasetUnreadable
from evaluation.written_questions import on_passages, read_written_questions
from indexing.training import LAW_QUESTIONS
from tests.passage_factory import a_passage


def written(folder: Path, *lines: object) -> Path:
    path = folder / "mine.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_question_is_placed_on_every_passage_of_the_articles_it_names(tmp_path: Path) -> None:
    passages = [a_passage(title=title) for title in ("租赁条例第三条", "租赁条例 第四条", "租赁条例第四条", "道路条例第四条")]
    path = written(tmp_path, {"question": "房东不退押金怎么办", "articles": ["租赁条例第四条", "租赁条例第九条"]})
    (placed,) = on_passages(read_written_questions(path), passages)
    assert (placed.id, placed.text, placed.rows) == ("mine-1", "房东不退押金怎么办", (1, 2))


def test_a_question_on_articles_that_the_corpus_lacks_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, {"question": "房东不退押金怎么办", "articles": ["租赁条例第四条"]})
    assert on_passages(read_written_questions(path), [a_passage(title="道路条例第四条")]) == ()


@pytest.mark.parametrize(
    "line", [{"question": "只有问题"}, {"question": " ", "articles": ["甲法第一条"]}, {"question": "问", "articles": "甲法第一条"}, []]
)
def test_a_broken_line_is_named(tmp_path: Path, line: object) -> None:
    path = written(tmp_path, {"question": "好的", "articles": ["甲法第一条"]}, line)
    with pytest.raises(DatasetUnreadable, match="第 2 行"):
        read_written_questions(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnreadable, match="读不出来"):
        read_written_questions(tmp_path / "absent.jsonl")


def test_the_shipped_questions_are_all_different_and_name_no_article() -> None:
    questions = read_written_questions(LAW_QUESTIONS)
    assert len({question.text for question in questions}) == len(questions) > 2500
    assert not [question.text for question in questions if "《" in question.text or question.articles[0] in question.text]
