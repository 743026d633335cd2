"""Survey responses in SQL. Comments arrive masked."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from sqlalchemy import Engine, Row, insert, select
from sqlalchemy.exc import IntegrityError

from assistant.adapters.sql.tables import survey_responses
from assistant.hotline.order_terms import Satisfaction
from assistant.models import CHINA_TIME
from assistant.surveys.errors import AnsweredBefore
from assistant.surveys.models import SurveyResponse, SurveySubject
from knowledge_base.utc_moments import in_utc


class SqlSurveyStore:
    """A SurveyStore on an engine that went through `prepare_conversations`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def add(self, response: SurveyResponse) -> None:
        row = {
            "subject": response.subject.value,
            "subject_id": _clean(response.subject_id),
            "version": response.version,
            "grade": response.grade.value if response.grade else "",
            "resolved": _clean(response.resolved),
            "comment": _clean(response.comment),
            "jurisdiction": _clean(response.jurisdiction),
            "day": response.at.astimezone(CHINA_TIME).date(),
            "at": response.at.astimezone(UTC),
        }
        try:
            with self._writing.begin() as connection:
                connection.execute(insert(survey_responses).values(row))
        except IntegrityError as error:
            raise AnsweredBefore from error

    def of(self, subject: SurveySubject, subject_id: str) -> SurveyResponse | None:
        of_this = (survey_responses.c.subject == subject.value) & (survey_responses.c.subject_id == _clean(subject_id))
        with self._engine.connect() as connection:
            row = connection.execute(select(survey_responses).where(of_this)).first()
        return None if row is None else _response(row)

    def comments(self, limit: int = 50) -> tuple[SurveyResponse, ...]:
        said = select(survey_responses).where(survey_responses.c.comment != "").order_by(survey_responses.c.ordinal.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(said.limit(limit)).all()
        return tuple(_response(row) for row in rows)


def _response(row: Row[Any]) -> SurveyResponse:
    return SurveyResponse(
        subject=SurveySubject(row.subject),
        subject_id=row.subject_id,
        version=row.version,
        grade=Satisfaction(row.grade) if row.grade else None,
        resolved=row.resolved,
        comment=row.comment,
        jurisdiction=row.jurisdiction,
        at=in_utc(row.at),
    )


def _clean(text: str) -> str:
    """PostgreSQL refuses the null character, and nobody means it."""
    return text.replace("\x00", "")
