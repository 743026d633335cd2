"""Routing examples in SQL: what people decided about past requests. Texts arrive masked."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import Engine, insert, select

from assistant.adapters.sql.tables import routing_examples
from assistant.routing import ExampleSource, RoutingExample
from knowledge_base.utc_moments import in_utc


class SqlRoutingExampleStore:
    """A RoutingExampleStore on an engine that went through `prepare_conversations`. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def add(self, example: RoutingExample) -> None:
        row = {
            # PostgreSQL refuses the null character, and nobody means it.
            "text": example.text.replace("\x00", ""),
            "department_id": example.department_id,
            "belongs": example.belongs,
            "source": example.source.value,
            "order_number": example.order_number,
            "added_at": example.added_at.astimezone(UTC),
        }
        with self._writing.begin() as connection:
            connection.execute(insert(routing_examples).values(row))

    def all(self) -> tuple[RoutingExample, ...]:
        with self._engine.connect() as connection:
            rows = connection.execute(select(routing_examples).order_by(routing_examples.c.ordinal)).all()
        return tuple(
            RoutingExample(
                text=row.text,
                department_id=row.department_id,
                belongs=row.belongs,
                source=ExampleSource(row.source),
                order_number=row.order_number,
                added_at=in_utc(row.added_at),
            )
            for row in rows
        )
