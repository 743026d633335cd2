"""Work orders as JSON for programs, and as CSV and XLSX for people. Contacts stay masked, nothing is unsealed here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from assistant.adapters.hotline.export_columns import COLUMNS, Cell, shown_contact
from assistant.csv_text import csv_bytes
from assistant.hotline.models import WorkOrder
from assistant.hotline.ports import OrderExporter

DepartmentName = Callable[[str], str]
"""The name for a department's id; the id itself where it is unknown."""

_NEVER_EXPORTED: dict[str, set[str] | bool] = {"caller": {"sealed", "phone_digest"}, "lookup_digest": True}


class _RowsOfOrders:
    def __init__(self, department_name: DepartmentName) -> None:
        self._department_name = department_name

    def _rows(self, orders: Sequence[WorkOrder]) -> list[list[Cell]]:
        return [[column.value(order, self._department_name) for column in COLUMNS] for order in orders]


class JsonOrderExporter:
    """Everything about an order, history included, under the names of WorkOrder's fields; days and moments as ISO 8601.

    Left out are the sealed contact and the digests. `departments` names the departments that occur.
    """

    media_type, suffix = "application/json", "json"

    def __init__(self, department_name: DepartmentName) -> None:
        self._department_name = department_name

    def export(self, orders: Sequence[WorkOrder]) -> bytes:
        concerned = {each for order in orders for each in (order.content.lead_department_id, *order.content.co_department_ids) if each}
        exported = {
            "departments": {each: self._department_name(each) for each in sorted(concerned)},
            "orders": [self._fields(order) for order in orders],
        }
        return json.dumps(exported, ensure_ascii=False, indent=1).encode()

    def _fields(self, order: WorkOrder) -> dict[str, Any]:
        fields: dict[str, Any] = _orders().dump_python(order, mode="json", exclude=_NEVER_EXPORTED)
        fields["content"]["machine_filled"] = sorted(order.content.machine_filled)
        fields["caller"] = {name: shown_contact(order, masked) for name, masked in fields["caller"].items()}
        return fields


class CsvOrderExporter(_RowsOfOrders):
    """UTF-8 with the byte order mark that Excel needs to see it; a field that looks like a formula gets an apostrophe in front."""

    media_type, suffix = "text/csv; charset=utf-8", "csv"

    def export(self, orders: Sequence[WorkOrder]) -> bytes:
        return csv_bytes([column.heading for column in COLUMNS], ([_written(cell) for cell in row] for row in self._rows(orders)))


class XlsxOrderExporter(_RowsOfOrders):
    """One sheet 工单 with a fixed heading row; days and moments are dates, everything else is text, never a formula."""

    media_type, suffix = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"

    def export(self, orders: Sequence[WorkOrder]) -> bytes:
        # Loading openpyxl takes half a second, which only those shall wait who want a workbook.
        from assistant.adapters.hotline.workbook import write_workbook  # noqa: PLC0415

        return write_workbook("工单", [(column.heading, column.width) for column in COLUMNS], self._rows(orders))


def order_exporters(department_name: DepartmentName) -> Mapping[str, OrderExporter]:
    """By suffix."""
    made: tuple[OrderExporter, ...] = tuple(kind(department_name) for kind in (JsonOrderExporter, CsvOrderExporter, XlsxOrderExporter))
    return MappingProxyType({exporter.suffix: exporter for exporter in made})


@cache
def _orders() -> TypeAdapter[WorkOrder]:
    # Worked out when the first order is exported: most processes never export one.
    return TypeAdapter(WorkOrder)


def _written(cell: Cell) -> str:
    return cell.strftime("%Y-%m-%d %H:%M") if isinstance(cell, datetime) else str(cell)
