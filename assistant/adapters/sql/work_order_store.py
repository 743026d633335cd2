"""Work orders in SQL. What is saved has passed the privacy screen, contacts are sealed; nothing is masked or sealed here."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Engine, Select, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.adapters.sql.tables import order_departments, order_moves, order_numbers, work_orders
from assistant.adapters.sql.webhook_delivery_store import add_deliveries
from assistant.adapters.sql.webhook_subscriber_store import add_event
from assistant.hotline.errors import OrderChanged, SentBefore, UnknownOrder
from assistant.hotline.models import OrderFilter, OrderState, WorkOrder
from assistant.hotline.webhook_events import OrderEvents, OutgoingMessages


class SqlWorkOrderStore:
    """A WorkOrderStore on an engine that went through `prepare_conversations`. Safe to share between threads and processes.

    What `outgoing` and `events` make of a new or changed order is kept for delivery in the same transaction: all is there or nothing.
    """

    def __init__(self, engine: Engine, outgoing: OutgoingMessages = lambda _order: (), events: OrderEvents = lambda _order: ()) -> None:
        self._engine, self._outgoing, self._events = engine, outgoing, events
        self._writing = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")
        self._orders = TypeAdapter(WorkOrder)

    def next_number(self, day: date) -> str:
        """Five digits, more on a day with more than 99,999 orders. A number taken and not used leaves a gap."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        taken = dialect.insert(order_numbers).values(day=day, last=1)
        taken = taken.on_conflict_do_update(index_elements=["day"], set_={"last": order_numbers.c.last + 1})
        with self._writing.begin() as connection:
            last = connection.execute(taken.returning(order_numbers.c.last)).scalar_one()
        return f"GD{day:%Y%m%d}-{last:05d}"

    def add(self, order: WorkOrder) -> None:
        with self._writing.begin() as connection:
            # The write lock of SQLite is held by now; on PostgreSQL the unique index decides between two at once.
            dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
            row = dialect.insert(work_orders).values(number=order.number, **self._row(order))
            row = row.on_conflict_do_nothing(index_elements=["sending"]).returning(work_orders.c.number)
            if connection.execute(row).first():
                self._keep_beside(connection, order)
                return
            of_same = select(work_orders.c.number).where(work_orders.c.sending == order.origin.sending)
            before = connection.execute(of_same).scalar_one()
        raise SentBefore(before)

    def save(self, order: WorkOrder) -> None:
        stored = (work_orders.c.number == order.number) & (work_orders.c.version == order.version - 1)
        with self._writing.begin() as connection:
            if connection.execute(update(work_orders).where(stored).values(self._row(order))).rowcount:
                self._keep_beside(connection, order)
                return
            known = connection.execute(select(work_orders.c.version).where(work_orders.c.number == order.number)).first()
        raise OrderChanged(order.number) if known else UnknownOrder(order.number)

    def get(self, number: str) -> WorkOrder:
        with self._engine.connect() as connection:
            body = connection.execute(select(work_orders.c.record).where(work_orders.c.number == _clean(number))).scalar()
        if body is None:
            raise UnknownOrder(number)
        return self._orders.validate_json(body)

    def find(self, wanted: OrderFilter) -> tuple[WorkOrder, ...]:
        orders = _matching(select(work_orders.c.record), wanted)
        orders = orders.order_by(work_orders.c.due_on, work_orders.c.created_at.desc(), work_orders.c.number.desc())
        with self._engine.connect() as connection:
            bodies = connection.execute(orders.limit(wanted.limit).offset(wanted.offset)).scalars().all()
        return tuple(self._orders.validate_json(body) for body in bodies)

    def count(self, wanted: OrderFilter) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(_matching(select(func.count()).select_from(work_orders), wanted)).scalar_one())

    def _keep_beside(self, connection: Connection, order: WorkOrder) -> None:
        _note_departments(connection, order)
        _add_moves(connection, order)
        add_deliveries(connection, self._outgoing(order))
        for event in self._events(order):
            add_event(connection, event)

    def _row(self, order: WorkOrder) -> dict[str, Any]:
        content = order.content
        return {
            "version": order.version,
            "state": order.state.value,
            "request_type": content.request_type.value,
            "jurisdiction": content.jurisdiction,
            "lead_department_id": content.lead_department_id,
            "held_by": order.held_by,
            "phone_digest": order.caller.phone_digest,
            "conversation_id": order.origin.conversation_id,
            "due_on": order.deadline.due_on,
            "created_at": order.created_at.astimezone(UTC),
            "words": _clean("\n".join((order.number, content.title, content.content, content.wish, content.place))).lower(),
            "record": self._orders.dump_json(order).decode(),
            "sending": order.origin.sending or None,
            "class_name": _clean(content.class_path[0]) if content.class_path else "",
            "satisfaction": order.satisfaction.value if order.satisfaction else "",
        }


def _matching(statement: Select[Any], wanted: OrderFilter) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (work_orders.c.jurisdiction, wanted.jurisdiction),
            (work_orders.c.phone_digest, wanted.phone_digest),
            (work_orders.c.request_type, wanted.request_type and wanted.request_type.value),
        )
        if value
    ]
    conditions += [work_orders.c.words.contains(word, autoescape=True) for word in _clean(wanted.words).lower().split()]
    if wanted.department_id:
        concerned = select(order_departments.c.number).where(order_departments.c.department_id == wanted.department_id)
        conditions.append(work_orders.c.number.in_(concerned))
    if wanted.states:
        conditions.append(work_orders.c.state.in_([state.value for state in wanted.states]))
    if wanted.held_by is not None:
        conditions.append(work_orders.c.held_by == wanted.held_by)
    if wanted.due_before is not None:
        conditions += [work_orders.c.due_on < wanted.due_before, work_orders.c.state != OrderState.CLOSED.value]
    return statement.where(*conditions)


def _note_departments(connection: Connection, order: WorkOrder) -> None:
    connection.execute(delete(order_departments).where(order_departments.c.number == order.number))
    concerned = {order.content.lead_department_id, *order.content.co_department_ids} - {""}
    if concerned:
        connection.execute(insert(order_departments), [{"number": order.number, "department_id": each} for each in sorted(concerned)])


def _add_moves(connection: Connection, order: WorkOrder) -> None:
    """Those of the history that have no row yet; the order's own row is locked by now, so nobody else adds any."""
    of_this = order_moves.c.number == order.number
    known = connection.execute(select(func.count()).select_from(order_moves).where(of_this)).scalar_one()
    rows = [
        {
            "number": order.number,
            "position": position,
            "at": move.at.astimezone(UTC),
            "by": move.by,
            "action": move.action.value,
            "state_after": move.state_after.value,
            "lead_department_id": order.content.lead_department_id,
            "reason": _clean(move.reason),
        }
        for position, move in enumerate(order.history)
        if position >= known
    ]
    if rows:
        connection.execute(insert(order_moves), rows)


def _clean(text: str) -> str:
    """PostgreSQL refuses the null character, and nobody means it. The record keeps it, escaped."""
    return text.replace("\x00", "")
