"""A restored backup answers identically: the same words, the same citations, from the same snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from api.container import build_container
from assistant.models import Answer, CitizenQuestion
from tests.demonstration import Home

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
QUESTIONS = (
    "居住证怎么办，要带什么材料？",
    "公积金贷款最多能贷多少？",
    "小区里有人违规养犬找谁管？",
    "今天天气怎么样",
    "高龄津贴什么时候发？",
    "转人工",
)


def answers_of(home: Home, conversation: str) -> list[tuple[Answer, str]]:
    """Each question in a conversation of its own: a restored home remembers the earlier ones, and would read them as follow-ups."""
    container = build_container(home.settings(), lambda: NOW)
    assistant = container.assistant()
    asked = (CitizenQuestion(text, f"{conversation}-{number}", "990102", date(2026, 11, 23), NOW) for number, text in enumerate(QUESTIONS))
    records = [assistant.answer(question) for question in asked]
    return [(replace(record.answer), record.snapshot_id) for record in records]


@pytest.mark.model
def test_a_restored_backup_answers_identically(demonstration: Home, bare_home: Callable[..., Home]) -> None:
    before = answers_of(demonstration, "before")
    made = demonstration.zhengwen("backup", demonstration.path.parent / "copy.zip")
    assert made.returncode == 0, made.stderr
    assert "已备份并核对" in made.stdout
    elsewhere = bare_home(demonstration.path / "models" / "multilingual-e5-small")
    restored = elsewhere.zhengwen("restore", demonstration.path.parent / "copy.zip", "--yes")
    assert restored.returncode == 0, restored.stderr
    assert answers_of(elsewhere, "after") == before
    examined = elsewhere.zhengwen("doctor")
    assert examined.returncode == 0, examined.stdout


@pytest.mark.model
def test_restoring_asks_first(own_demonstration: Home) -> None:
    own_demonstration.zhengwen("backup", own_demonstration.path.parent / "copy.zip")
    refused = own_demonstration.zhengwen("restore", own_demonstration.path.parent / "copy.zip", stdin="n\n")
    assert refused.returncode == 1
    assert "没有恢复" in refused.stderr
