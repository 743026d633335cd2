"""Figures in SQL: everything is counted by the database, from narrow tables and covering indexes."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Engine, Select, Table, case, func, select

from assistant.adapters.sql.tables import (
    answer_facts,
    answer_feedback,
    answer_steps,
    handoffs,
    order_moves,
    survey_responses,
    work_orders,
)
from assistant.hotline.order_terms import OrderAction, OrderState, Satisfaction
from assistant.insight.models import DayCount, DayLatency, GradeCount, OrderTerm, RatingSource, Span
from assistant.insight.ports import Regions
from assistant.models import CHINA_TIME
from knowledge_base.china_time import china_day
from knowledge_base.utc_moments import in_utc

_ANSWERED = (OrderState.REPLIED, OrderState.FOLLOWED_UP, OrderState.CLOSED)


class SqlFigureStore:
    """A FigureStore on an engine that went through `prepare_conversations`. Only reads; safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def endings(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        return self._by_day(answer_facts, answer_facts.c.status, span, *_of(answer_facts.c.jurisdiction, regions))

    def subjects(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        named = answer_facts.c.subject != ""
        return self._by_day(answer_facts, answer_facts.c.subject, span, named, *_of(answer_facts.c.jurisdiction, regions))

    def latencies(self, span: Span, step: str = "total") -> tuple[DayLatency, ...]:
        within = (answer_steps.c.step == step, *_days(answer_steps.c.day, span))
        rank = func.row_number().over(partition_by=answer_steps.c.day, order_by=answer_steps.c.ms)
        number = func.count().over(partition_by=answer_steps.c.day)
        ranked = select(answer_steps.c.day, answer_steps.c.ms, rank.label("rank"), number.label("number")).where(*within).subquery()
        # Nearest rank: the smallest value that so many in a hundred do not exceed.
        half, most = ((ranked.c.number * percent + 99) // 100 for percent in (50, 95))
        wanted = select(
            ranked.c.day,
            func.max(ranked.c.number),
            func.max(case((ranked.c.rank == half, ranked.c.ms))),
            func.max(case((ranked.c.rank == most, ranked.c.ms))),
        )
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.group_by(ranked.c.day).order_by(ranked.c.day)).all()
        return tuple(DayLatency(day, number, p50, p95) for day, number, p50, p95 in rows)

    def feedback(self, span: Span) -> tuple[DayCount, ...]:
        return self._by_moment(answer_feedback.c.at, answer_feedback.c.kind, span)

    def handoffs(self, span: Span) -> tuple[DayCount, ...]:
        return self._by_moment(handoffs.c.requested_at, handoffs.c.state, span)

    def grades(self, span: Span) -> tuple[GradeCount, ...]:
        surveys = select(survey_responses.c.grade, func.count()).where(*_days(survey_responses.c.day, span))
        surveys = surveys.where(survey_responses.c.subject == RatingSource.CONVERSATION.value)
        rated = select(handoffs.c.satisfaction, func.count()).where(*_moments(handoffs.c.requested_at, span))
        followed = select(work_orders.c.satisfaction, func.count()).where(*_moments(work_orders.c.created_at, span))
        sources = (
            (RatingSource.CONVERSATION, surveys, survey_responses.c.grade),
            (RatingSource.HANDOFF, rated, handoffs.c.satisfaction),
            (RatingSource.ORDER, followed, work_orders.c.satisfaction),
        )
        found = []
        with self._engine.connect() as connection:
            for source, wanted, column in sources:
                counts = {row[0]: row[1] for row in connection.execute(wanted.where(column != "").group_by(column))}
                found += [GradeCount(source, step, counts[step.value]) for step in Satisfaction if step.value in counts]
        return tuple(found)

    def resolved(self, span: Span) -> tuple[DayCount, ...]:
        return self._by_day(survey_responses, survey_responses.c.resolved, span, survey_responses.c.resolved != "")

    def order_classes(self, span: Span, regions: Regions = None) -> tuple[DayCount, ...]:
        return self._by_moment(work_orders.c.created_at, work_orders.c.class_name, span, *_of(work_orders.c.jurisdiction, regions))

    def order_terms(self, span: Span, regions: Regions = None) -> tuple[OrderTerm, ...]:
        # No reply is older than its order. Looked for order by order, SQLite would go through all replies each time.
        replies = select(order_moves.c.number, func.max(order_moves.c.at).label("replied_at"))
        replies = replies.where(order_moves.c.action == OrderAction.REPLY.value, order_moves.c.at >= _midnight(span.first))
        replied = replies.group_by(order_moves.c.number).subquery()
        orders = work_orders.c
        columns = (orders.number, orders.state, orders.lead_department_id, orders.created_at, orders.due_on)
        wanted = select(*columns, replied.c.replied_at).outerjoin(replied, replied.c.number == orders.number)
        wanted = wanted.where(*_moments(orders.created_at, span), *_of(orders.jurisdiction, regions)).order_by(orders.number)
        with self._engine.connect() as connection:
            return tuple(_term(row) for row in connection.execute(wanted))

    def sent_back(self, span: Span) -> tuple[DayCount, ...]:
        """The move itself names the department found better; who sent it back is whom it was dispatched to before."""
        earlier = order_moves.alias()
        dispatched = (earlier.c.number == order_moves.c.number) & (earlier.c.action == OrderAction.DISPATCH.value)
        refused_by = select(earlier.c.lead_department_id).where(dispatched, earlier.c.position < order_moves.c.position)
        last = refused_by.order_by(earlier.c.position.desc()).limit(1).scalar_subquery()
        wanted = select(order_moves.c.at, last).where(order_moves.c.action == OrderAction.SEND_BACK.value)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.where(*_moments(order_moves.c.at, span))).all()
        return _counted(Counter((china_day(in_utc(at)), department or "") for at, department in rows))

    def _by_day(self, table: Table, name: Column[Any], span: Span, *conditions: ColumnElement[bool]) -> tuple[DayCount, ...]:
        wanted = select(table.c.day, name, func.count()).where(*_days(table.c.day, span), *conditions)
        return self._counts(wanted.group_by(table.c.day, name))

    def _by_moment(self, moment: Column[Any], name: Column[Any], span: Span, *conditions: ColumnElement[bool]) -> tuple[DayCount, ...]:
        day = self._day_of(moment)
        return self._counts(select(day, name, func.count()).where(*_moments(moment, span), *conditions).group_by(day, name))

    def _counts(self, wanted: Select[Any]) -> tuple[DayCount, ...]:
        with self._engine.connect() as connection:
            rows = connection.execute(wanted).all()
        return _counted({(_as_date(day), name): number for day, name, number in rows})

    def _day_of(self, moment: Column[Any]) -> ColumnElement[Any]:
        """The day in China, which has kept one time all the year round since 1991."""
        if self._engine.dialect.name == "postgresql":
            return func.date(func.timezone("UTC", moment) + timedelta(hours=8))
        return func.date(moment, "+8 hours")


def _counted(counts: dict[tuple[date, str], int]) -> tuple[DayCount, ...]:
    return tuple(DayCount(day, name, number) for (day, name), number in sorted(counts.items()))


def _term(row: Any) -> OrderTerm:
    """`row`: number, state, lead_department_id, created_at, due_on, replied_at."""
    is_answered = OrderState(row.state) in _ANSWERED and row.replied_at is not None
    dispatched_to = "" if row.state == OrderState.ACCEPTED.value else row.lead_department_id
    return OrderTerm(
        row.number, dispatched_to, china_day(in_utc(row.created_at)), row.due_on, china_day(in_utc(row.replied_at)) if is_answered else None
    )


def _days(column: Column[Any], span: Span) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= span.first, column <= span.last


def _moments(column: Column[Any], span: Span) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= _midnight(span.first), column < _midnight(span.last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA_TIME).astimezone(UTC)


def _of(column: Column[Any], regions: Regions) -> tuple[ColumnElement[bool], ...]:
    return () if regions is None else (column.in_(sorted(regions)),)


def _as_date(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
