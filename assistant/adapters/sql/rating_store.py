"""Ratings of answers in SQL. Comments arrive masked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, Row, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from assistant.adapters.sql.tables import answer_ratings, answers, rated_cases
from assistant.errors import UnknownAnswer
from assistant.ratings.errors import TakenUpBefore
from assistant.ratings.models import Rating, TakenUp
from knowledge_base.utc_moments import in_utc

_AT_ONCE = 500
"""Answer ids in one statement: SQLite bounds how many values one may hold."""


class SqlRatingStore:
    """A RatingStore on an engine that went through `prepare_conversations`. Safe to share between threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def add(self, rating: Rating) -> None:
        row = {
            "answer_id": rating.answer_id,
            "by": rating.by,
            "at": rating.at.astimezone(UTC),
            "sentences": _written(rating.sentences),
            "citations": _written(rating.citations),
            # PostgreSQL refuses the null character, and nobody means it.
            "comment": rating.comment.replace("\x00", ""),
        }
        with self._writing.begin() as connection:
            # Held until the rating is in, so that what deletes the answer meanwhile finds the rating too.
            answer = select(answers.c.ordinal).where(answers.c.answer_id == rating.answer_id).with_for_update()
            if connection.execute(answer).first() is None:
                raise UnknownAnswer(rating.answer_id)
            connection.execute(insert(answer_ratings).values(row))

    def of(self, answer_id: str) -> tuple[Rating, ...]:
        return self._standing(answer_ratings.c.answer_id == answer_id)

    def history(self, answer_id: str) -> tuple[Rating, ...]:
        every = select(answer_ratings).where(answer_ratings.c.answer_id == answer_id).order_by(answer_ratings.c.ordinal)
        with self._engine.connect() as connection:
            return tuple(_rating(row) for row in connection.execute(every))

    def of_answers(self, answer_ids: Collection[str]) -> Mapping[str, tuple[Rating, ...]]:
        wanted, found = list(answer_ids), defaultdict[str, list[Rating]](list)
        for start in range(0, len(wanted), _AT_ONCE):
            for rating in self._standing(answer_ratings.c.answer_id.in_(wanted[start : start + _AT_ONCE])):
                found[rating.answer_id].append(rating)
        return {answer_id: tuple(ratings) for answer_id, ratings in found.items()}

    def since(self, moment: datetime) -> tuple[Rating, ...]:
        return self._standing(answer_ratings.c.at >= moment.astimezone(UTC))

    def take_up(self, answer_id: str, by: str, at: datetime) -> TakenUp:
        row = {"answer_id": answer_id, "by": by, "at": at.astimezone(UTC)}
        try:
            with self._writing.begin() as connection:
                number = connection.execute(insert(rated_cases).values(row).returning(rated_cases.c.number)).scalar_one()
        except IntegrityError as error:
            raise TakenUpBefore from error
        return TakenUp(answer_id, number, by, at)

    def leave(self, answer_id: str) -> None:
        with self._writing.begin() as connection:
            connection.execute(delete(rated_cases).where(rated_cases.c.answer_id == answer_id))

    def taken_up(self, answer_id: str) -> TakenUp | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(rated_cases).where(rated_cases.c.answer_id == answer_id)).first()
        return None if row is None else TakenUp(row.answer_id, row.number, row.by, in_utc(row.at))

    def _standing(self, wanted: ColumnElement[bool]) -> tuple[Rating, ...]:
        newest = select(func.max(answer_ratings.c.ordinal)).group_by(answer_ratings.c.answer_id, answer_ratings.c.by)
        standing = select(answer_ratings).where(wanted, answer_ratings.c.ordinal.in_(newest.where(wanted)))
        with self._engine.connect() as connection:
            return tuple(_rating(row) for row in connection.execute(standing.order_by(answer_ratings.c.ordinal)))


def _rating(row: Row[Any]) -> Rating:
    return Rating(row.answer_id, row.by, in_utc(row.at), _read(row.sentences), _read(row.citations), row.comment)


def _written(points: Sequence[int]) -> str:
    return " ".join(map(str, points))


def _read(points: str) -> tuple[int, ...]:
    return tuple(map(int, points.split()))
