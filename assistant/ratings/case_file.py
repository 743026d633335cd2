"""Rated answers as cases in a file of JSON Lines that `zhengwen evaluate golden --folder` reads."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from pathlib import Path
from threading import Lock

from assistant.ratings.errors import CaseNotWritten
from assistant.ratings.models import RatedCase

CASE_FILE = "ratings.jsonl"


class CaseFile:
    """A CaseShelf in `folder`. A line is appended by one call, so that two processes do not write into each other's."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CASE_FILE
        self._one_at_a_time = Lock()

    @property
    def place(self) -> str:
        return str(self._path)

    def write(self, case_id: str, answer_id: str, case: RatedCase) -> None:
        line = json.dumps(_fields(case_id, answer_id, case), ensure_ascii=False) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._one_at_a_time, self._path.open("ab", buffering=0) as file:
                file.write(line.encode())
                os.fsync(file.fileno())
        except OSError as error:
            raise CaseNotWritten(self.place) from error

    def remove(self, answer_ids: Collection[str]) -> int:
        if not self._path.is_file():
            return 0
        try:
            with self._one_at_a_time:
                lines = [line for line in self._path.read_text(encoding="utf-8").split("\n") if line.strip()]
                kept = [line for line in lines if _answer_of(line) not in answer_ids]
                if len(kept) < len(lines):
                    self._replace("".join(f"{line}\n" for line in kept))
        except OSError as error:
            raise CaseNotWritten(self.place) from error
        return len(lines) - len(kept)

    def _replace(self, text: str) -> None:
        beside = self._path.with_suffix(".new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._path)


def _fields(case_id: str, answer_id: str, case: RatedCase) -> dict[str, object]:
    return {
        "id": case_id,
        "question": case.question,
        "region": case.region,
        "as_of": case.as_of.isoformat(),
        "style": "plain",
        "kind": case.kind,
        "expect": list(case.expect),
        "provisions": list(case.provisions),
        "guides": list(case.guides),
        "department": "",
        "facets": [],
        "must_not_cite": [],
        "note": "",
        "answer_id": answer_id,
    }


def _answer_of(line: str) -> str:
    """ "" for a line that was edited into something else: it is not ours to remove."""
    try:
        fields = json.loads(line)
    except ValueError:
        return ""
    return str(fields.get("answer_id", "")) if isinstance(fields, dict) else ""
