"""Earlier results to compare with: one JSON file a measurement in baselines/, or the JSON of an earlier `evaluate all`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evaluation.comparison import EarlierFigure, earlier_figure
from evaluation.errors import DatasetUnreadable
from evaluation.figures import Section, figure_fields

BASELINES_FOLDER = Path(__file__).with_name("baselines")


@dataclass(frozen=True, slots=True)
class Baseline:
    """Earlier figures by section and name. `made`: section → when and with what it was measured."""

    sections: Mapping[str, Mapping[str, EarlierFigure]] = field(default_factory=dict)
    made: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def figures_of(self, section: str) -> Mapping[str, EarlierFigure]:
        return self.sections.get(section, {})


def read_baseline(path: Path | None = None, *, to_be_written: bool = False) -> Baseline:
    """A file, or all JSON files of a folder; what ships, which may be nothing yet, where none is named.

    Raises DatasetUnreadable, also for a file where a folder is `to_be_written`; that folder need not be there yet.
    """
    path = path or BASELINES_FOLDER
    if path.is_file() and to_be_written:
        raise DatasetUnreadable(str(path), "这是一个文件，新的基线要写进文件夹。请用 --baseline 指定文件夹。")
    if not path.exists() and path != BASELINES_FOLDER and not to_be_written:
        raise DatasetUnreadable(str(path), "没有这个基线。请检查路径；基线由 --save-baseline 写出。")
    files = [path] if path.is_file() else sorted(path.glob("*.json"))
    sections: dict[str, Mapping[str, EarlierFigure]] = {}
    made: dict[str, Mapping[str, str]] = {}
    for file in files:
        fields = _read(file)
        for name, section in fields["sections"].items():
            sections[name] = {figure: _figure(file, found) for figure, found in section["figures"].items()}
            made[name] = dict(fields.get("made", {}))
    return Baseline(sections, made)


def result_fields(sections: Iterable[Section], made: Mapping[str, str]) -> dict[str, Any]:
    """What is written to a result or baseline file. `made`: when and with what."""
    return {
        "made": dict(made),
        "sections": {
            section.name: {"title": section.title, "figures": {figure.name: figure_fields(figure) for figure in section.figures}}
            for section in sections
        },
    }


def save_baseline(sections: Iterable[Section], made: Mapping[str, str], folder: Path = BASELINES_FOLDER) -> tuple[Path, ...]:
    """One file a section, so that each can be renewed alone. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for section in sections:
        path = folder / f"{section.name}.json"
        path.write_text(json.dumps(result_fields([section], made), ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        written.append(path)
    return tuple(written)


def _read(path: Path) -> dict[str, Any]:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DatasetUnreadable(str(path), "不是 JSON。请换一个基线文件，或者重新写出基线。") from error
    if not isinstance(fields, dict) or not isinstance(fields.get("sections"), dict):
        raise DatasetUnreadable(str(path), "不是评测结果。请用 zhengwen evaluate all 写出的 JSON。")
    return fields


def _figure(path: Path, fields: Mapping[str, Any]) -> EarlierFigure:
    try:
        return earlier_figure(fields)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DatasetUnreadable(str(path), "里面有读不懂的数字。请重新写出基线。") from error
