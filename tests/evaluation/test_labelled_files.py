from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.errors import DatasetUnreadable
from evaluation.labelled_files import load_labelled


def written(path: Path, *rows: Any) -> Path:
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def test_text_title_and_label_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"id": "1", "title": "公交", "text": "等太久", "label": "交通运输"})
    (message,) = load_labelled([path]).messages
    assert (message.id, message.content.title, message.content.text, message.content.label) == ("1", "公交", "等太久", "交通运输")
    assert message.accepted == {"交通运输"}


def test_a_title_alone_or_a_text_alone_is_enough_and_other_fields_do_no_harm(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"title": "公交", "label": "甲", "source": "x"}, {"text": "学位", "label": "乙", "votes": []})
    assert [one.content.label for one in load_labelled([path]).messages] == ["甲", "乙"]


def test_every_accepted_label_is_kept(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"id": "1", "text": "问", "label": "甲科", "all_labels": ["甲科", "乙科"]})
    assert load_labelled([path]).messages[0].accepted == {"甲科", "乙科"}


def test_rows_that_voters_did_not_agree_on_are_skipped_and_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", {"text": "一", "silver": "甲"}, {"text": "二", "silver": None}, {"text": "三", "silver": ""})
    loaded = load_labelled([path])
    assert [one.content.label for one in loaded.messages] == ["甲"]
    assert loaded.unlabelled == 2


def test_several_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    paths = [written(tmp_path / f"{name}.jsonl", {"text": name, "label": name}) for name in "乙甲"]
    assert [one.content.text for one in load_labelled(paths).messages] == ["乙", "甲"]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "没有一行带标签"),
        ("\n\n", "没有一行带标签"),
        ('{"text": "一", "label": "甲"}\n{"text": \n', "第 2 行不是 JSON"),
        ("[1, 2]\n", "第 1 行不是 JSON 对象"),
        ('{"text": "一", "class": "甲"}\n', r"第 1 行没有 label（现有字段：text、class）"),
        ('{"question": "一", "label": "甲"}\n', r"第 1 行没有 text 也没有 title（现有字段：question、label）"),
        ('{"text": "  ", "label": "甲"}\n', "第 1 行没有 text 也没有 title"),
        ('{"text": "一", "label": 3}\n', "应当是文字"),
        ('{"text": "一", "silver": null}\n', "没有一行带标签"),
    ],
)
def test_a_bad_file_is_named_with_the_line_and_what_to_do(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "坏.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetUnreadable, match=complaint) as caught:
        load_labelled([path])
    assert "坏.jsonl" in str(caught.value)


def test_a_missing_file_and_one_in_another_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetUnreadable, match="没有这个文件"):
        load_labelled([tmp_path / "无.jsonl"])
    (tmp_path / "gbk.jsonl").write_bytes('{"text": "中文", "label": "甲"}'.encode("gb18030"))
    with pytest.raises(DatasetUnreadable, match="UTF-8"):
        load_labelled([tmp_path / "gbk.jsonl"])
