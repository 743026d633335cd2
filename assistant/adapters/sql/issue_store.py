"""Clusters of messages and what was decided about questions, in SQL."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC

from pydantic import TypeAdapter
from sqlalchemy import Engine, delete, insert, select

from assistant.adapters.sql.tables import issue_marks, issue_reports
from assistant.insight.models import IssueKind, IssueMark, IssueReport, MarkState
from knowledge_base.utc_moments import in_utc

_KEYS_PER_QUERY = 500


class SqlIssueStore:
    """An IssueStore on an engine that went through `prepare_conversations`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._reports = TypeAdapter(IssueReport)

    def keep(self, report: IssueReport) -> None:
        row = {"made_at": report.made_at.astimezone(UTC), "record": self._reports.dump_json(report).decode()}
        with self._writing.begin() as connection:
            connection.execute(delete(issue_reports).where(issue_reports.c.kind == report.kind.value))
            connection.execute(insert(issue_reports).values(kind=report.kind.value, **row))

    def report(self, kind: IssueKind) -> IssueReport | None:
        with self._engine.connect() as connection:
            body = connection.execute(select(issue_reports.c.record).where(issue_reports.c.kind == kind.value)).scalar()
        return None if body is None else self._reports.validate_json(body)

    def mark(self, marks: Sequence[IssueMark]) -> None:
        rows = [
            {
                "answer_id": mark.answer_id,
                "state": mark.state.value,
                "by": mark.by,
                "reason": mark.reason.replace("\x00", ""),
                "at": mark.at.astimezone(UTC),
            }
            for mark in marks
        ]
        with self._writing.begin() as connection:
            for start in range(0, len(rows), _KEYS_PER_QUERY):
                some = rows[start : start + _KEYS_PER_QUERY]
                connection.execute(delete(issue_marks).where(issue_marks.c.answer_id.in_([row["answer_id"] for row in some])))
                connection.execute(insert(issue_marks), some)

    def unmark(self, answer_ids: Collection[str]) -> None:
        with self._writing.begin() as connection:
            for some in _portions(answer_ids):
                connection.execute(delete(issue_marks).where(issue_marks.c.answer_id.in_(some)))

    def marks(self, answer_ids: Collection[str]) -> dict[str, IssueMark]:
        found = {}
        with self._engine.connect() as connection:
            for some in _portions(answer_ids):
                for row in connection.execute(select(issue_marks).where(issue_marks.c.answer_id.in_(some))):
                    at = in_utc(row.at)
                    found[row.answer_id] = IssueMark(row.answer_id, MarkState(row.state), row.by, row.reason, at)
        return found


def _portions(answer_ids: Collection[str]) -> list[list[str]]:
    ids = sorted(answer_ids)
    return [ids[start : start + _KEYS_PER_QUERY] for start in range(0, len(ids), _KEYS_PER_QUERY)]
