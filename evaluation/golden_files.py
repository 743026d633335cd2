"""Read golden questions and conversations from JSON Lines; every fault is told with its file, its line and what to write instead."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from assistant.answer_status import AnswerStatus
from assistant.models import Facet
from evaluation.errors import DatasetUnreadable
from evaluation.golden_set import (
    ANSWERED,
    Expectation,
    GoldenConversation,
    GoldenQuestion,
    GoldenSet,
    GoldenTurn,
    Kind,
    Style,
    split_of,
)

GOLDEN_FOLDER = Path(__file__).with_name("golden")
QUESTION_FILES = ("questions.jsonl", "refusals.jsonl", "ratings.jsonl")
CONVERSATION_FILE = "conversations.jsonl"
_Word = TypeVar("_Word", bound=StrEnum)
_Case = TypeVar("_Case", GoldenQuestion, GoldenConversation)


def load_golden(folder: Path = GOLDEN_FOLDER) -> GoldenSet:
    """Whatever of the files is there; ratings.jsonl is written where staff take rated answers up as cases.

    Raises DatasetUnreadable, also where an id comes twice or there is nothing at all.
    """
    questions = tuple(question for name in QUESTION_FILES for question in _read(folder / name, _question))
    conversations = tuple(_read(folder / CONVERSATION_FILE, _conversation))
    if not questions and not conversations:
        names = "、".join((*QUESTION_FILES, CONVERSATION_FILE))
        raise DatasetUnreadable(str(folder), f"里面没有金标题目。请把 {names} 中的至少一个放进这个文件夹。")
    _refuse_repeated([*(question.id for question in questions), *(one.id for one in conversations)], folder)
    return GoldenSet(questions, conversations)


@dataclass(frozen=True, slots=True)
class _Row:
    """One JSON object and where it stands, for messages."""

    place: str
    fields: Mapping[str, Any]

    def fault(self, reason: str) -> DatasetUnreadable:
        return DatasetUnreadable(self.place, reason)

    def text(self, name: str, default: str | None = None) -> str:
        value = self.fields.get(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fault(f"缺少 {name}，请写成一段文字。")
        return value.strip()

    def names(self, name: str) -> tuple[str, ...]:
        value = self.fields.get(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.fault(f"{name} 应是一列文字，没有时写 []。")
        return tuple(value)

    def word(self, name: str, kind: type[_Word], default: str | None = None) -> _Word:
        return self._known(name, kind, self.text(name, default))

    def words(self, name: str, kind: type[_Word]) -> tuple[_Word, ...]:
        return tuple(self._known(name, kind, value) for value in self.names(name))

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self.fault(f"{name} 应写成 2026-11-22 这样的日期。") from None

    def region(self) -> str | None:
        value = self.fields.get("region")
        if value is not None and not (isinstance(value, str) and len(value) == 6 and value.isdecimal()):
            raise self.fault("region 应是六位行政区划代码，不知道地区时写 null。")
        return value

    def case_id(self) -> str:
        try:
            split_of(self.text("id"))
        except ValueError as error:
            raise self.fault(str(error)) from None
        return self.text("id")

    def _known(self, name: str, kind: type[_Word], value: str) -> _Word:
        try:
            return kind(value)
        except ValueError:
            raise self.fault(f"{name} 不认识“{value}”，可以写：{'、'.join(kind)}。") from None


def _question(row: _Row) -> GoldenQuestion:
    return GoldenQuestion(
        id=row.case_id(),
        question=row.text("question"),
        region=row.region(),
        as_of=row.day("as_of"),
        style=row.word("style", Style),
        kind=row.word("kind", Kind),
        expected=_expectation(row),
        note=row.text("note", ""),
    )


def _conversation(row: _Row) -> GoldenConversation:
    turns = row.fields.get("turns")
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
        raise row.fault("turns 应是一列对话，每句写成一个 JSON 对象。")
    inner = [_Row(f"{row.place}第 {number} 句", turn) for number, turn in enumerate(turns, start=1)]
    return GoldenConversation(
        id=row.case_id(),
        region=row.region(),
        as_of=row.day("as_of"),
        style=row.word("style", Style, Style.PLAIN),
        turns=tuple(GoldenTurn(turn.text("question"), _expectation(turn)) for turn in inner),
        note=row.text("note", ""),
    )


def _expectation(row: _Row) -> Expectation:
    statuses = frozenset(row.words("expect", AnswerStatus))
    if not statuses:
        raise row.fault('expect 里至少写一个应有的结果，例如 ["answered"]。')
    provisions = row.names("provisions")
    if bare := [name for name in provisions if "#" not in name.strip("#")]:
        raise row.fault(f"provisions 里的“{bare[0]}”应写成“文件编号#条款路径”。")
    return Expectation(
        # A label "answered" leaves open whether provisions or a service guide answered.
        statuses=statuses | ANSWERED if AnswerStatus.ANSWERED in statuses else statuses,
        provisions=provisions,
        guides=row.names("guides"),
        department=row.text("department", ""),
        facets=row.words("facets", Facet),
        must_not_cite=row.names("must_not_cite"),
    )


def _read(path: Path, make: Callable[[_Row], _Case]) -> Iterator[_Case]:
    if not path.is_file():
        return
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise DatasetUnreadable(str(path), "不是 UTF-8 文本，请另存为 UTF-8。") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield make(_row(f"{path.name} 第 {number} 行", line))


def _row(place: str, line: str) -> _Row:
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise DatasetUnreadable(place, "不是 JSON。请每行写一个 JSON 对象。") from error
    if not isinstance(fields, dict):
        raise DatasetUnreadable(place, "不是 JSON 对象。请每行写一个 JSON 对象。")
    return _Row(place, fields)


def _refuse_repeated(ids: list[str], folder: Path) -> None:
    repeated = [case_id for case_id, times in Counter(ids).items() if times > 1]
    if repeated:
        raise DatasetUnreadable(str(folder), f"编号重复：{'、'.join(repeated[:5])}。请让每一题的编号各不相同。")
