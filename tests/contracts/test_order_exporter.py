"""What every OrderExporter promises: all orders, Chinese headings, masked contacts, no formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import load_workbook

from assistant.adapters.hotline.export_columns import COLUMNS
from assistant.adapters.hotline.exporters import order_exporters
from assistant.hotline.models import Confidentiality, OrderAction, OrderState, Satisfaction, WorkOrder
from assistant.hotline.ports import OrderExporter
from tests.hotline_factories import A_CONTACT, a_caller, a_move, an_order, some_content

NAMES = {"dept-police": "示范市公安局", "dept-b": "示范市住建局"}


@pytest.fixture
def exporters() -> Mapping[str, OrderExporter]:
    return order_exporters(lambda department_id: NAMES.get(department_id, department_id))


def a_closed_order() -> WorkOrder:
    moves = (OrderAction.SUBMIT, OrderAction.DISPATCH, OrderAction.SEND_BACK, OrderAction.DISPATCH, OrderAction.REPLY, OrderAction.CLOSE)
    history = tuple(a_move(action, OrderState.CLOSED) for action in moves)
    content = some_content(co_department_ids=("dept-b", "dept-c"))
    said = {"history": history, "reply": "已处理。\n“夜间”停工，谢谢", "satisfaction": Satisfaction.SATISFIED, "supervised": True}
    return an_order(state=OrderState.CLOSED, content=content, fields=said)


def csv_rows(exported: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"), newline="")))


def xlsx_cells(exported: bytes) -> dict[str, Any]:
    """The cells of the first order by heading."""
    sheet = load_workbook(io.BytesIO(exported)).active
    assert sheet is not None
    headings, first = list(sheet.iter_rows(max_row=2))
    return {str(heading.value): cell for heading, cell in zip(headings, first, strict=True)}


@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx"])
def test_each_format_says_what_it_is(exporters: Mapping[str, OrderExporter], suffix: str) -> None:
    exporter = exporters[suffix]
    assert exporter.suffix == suffix
    assert "/" in exporter.media_type


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_neither_contacts_nor_seals_nor_digests_leave(exporters: Mapping[str, OrderExporter], suffix: str) -> None:
    text = exporters[suffix].export([an_order(fields={"lookup_digest": "digest-of-lookup"})]).decode()
    assert "138****5678" in text
    assert not any(secret in text for secret in ("sealed-1", "digest-of", A_CONTACT.phone, A_CONTACT.name))


def test_neither_contacts_nor_seals_leave_in_a_workbook(exporters: Mapping[str, OrderExporter]) -> None:
    shown = [cell.value for cell in xlsx_cells(exporters["xlsx"].export([an_order()])).values()]
    assert "138****5678" in shown
    assert not any("sealed" in str(value) or "digest" in str(value) for value in shown)


def test_where_confidentiality_was_promised_not_even_the_masked_contact_leaves(exporters: Mapping[str, OrderExporter]) -> None:
    order = an_order(confidentiality=Confidentiality.PROTECTED)
    cells = xlsx_cells(exporters["xlsx"].export([order]))
    assert [cells[heading].value for heading in ("来电人", "联系电话", "联系地址")] == ["保密"] * 3
    for suffix in ("json", "csv"):
        assert "138****5678" not in exporters[suffix].export([order]).decode()


@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx"])
def test_no_orders_are_an_empty_list_not_an_error(exporters: Mapping[str, OrderExporter], suffix: str) -> None:
    assert exporters[suffix].export([])


def test_headings_differ_and_every_column_can_be_read_from_any_order() -> None:
    assert len({column.heading for column in COLUMNS}) == len(COLUMNS)
    for order in (an_order(caller=a_caller(name="", phone="", address="")), a_closed_order()):
        assert all(isinstance(column.value(order, str), str | int | date) for column in COLUMNS)


def test_a_table_names_departments_and_counts_moves(exporters: Mapping[str, OrderExporter]) -> None:
    (row,) = csv_rows(exporters["csv"].export([a_closed_order()]))
    assert (row["工单编号"], row["状态"], row["诉求类型"], row["主办单位"]) == ("GD20261123-00001", "已办结", "投诉", "示范市公安局")
    assert (row["协办单位"], row["退单次数"], row["是否督办"], row["满意度"]) == ("示范市住建局、dept-c", "1", "是", "满意")
    assert (row["受理时间"], row["承诺日期"], row["答复内容"]) == ("2026-11-23 10:00", "2026-12-14", "已处理。\n“夜间”停工，谢谢")


def test_excel_sees_that_a_table_is_utf_8(exporters: Mapping[str, OrderExporter]) -> None:
    assert exporters["csv"].export([]).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "＝"])
def test_what_a_citizen_wrote_never_becomes_a_formula(exporters: Mapping[str, OrderExporter], sign: str) -> None:
    title = f'{sign}HYPERLINK("http://bad.example","点我")'
    order = an_order(title=title)
    (row,) = csv_rows(exporters["csv"].export([order]))
    assert row["标题"] == f"'{title}"
    cell = xlsx_cells(exporters["xlsx"].export([order]))["标题"]
    assert (cell.value, cell.data_type) == (title, "s")


def test_a_workbook_holds_days_as_days_and_numbers_as_numbers(exporters: Mapping[str, OrderExporter]) -> None:
    cells = xlsx_cells(exporters["xlsx"].export([a_closed_order()]))
    assert cells["受理时间"].value == datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001 - a spreadsheet knows no time zones
    assert (cells["承诺日期"].is_date, cells["承诺日期"].number_format) == (True, "yyyy-mm-dd")
    assert cells["承诺工作日"].value == 15


def test_a_workbook_can_be_read_at_once(exporters: Mapping[str, OrderExporter]) -> None:
    sheet = load_workbook(io.BytesIO(exporters["xlsx"].export([an_order()])))["工单"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    assert sheet.column_dimensions["G"].width > sheet.column_dimensions["B"].width


def test_characters_a_workbook_cannot_hold_do_not_stop_it(exporters: Mapping[str, OrderExporter]) -> None:
    cells = xlsx_cells(exporters["xlsx"].export([an_order(content=some_content(title="路\x00灯\x1f", content="长" * 40_000))]))
    assert cells["标题"].value == "路灯"
    assert len(cells["诉求内容"].value) == 32_767


def test_json_holds_everything_about_an_order(exporters: Mapping[str, OrderExporter]) -> None:
    order = replace(a_closed_order(), content=some_content(machine_filled=frozenset({"wish", "title"}), lead_department_id="dept-b"))
    exported = json.loads(exporters["json"].export([order]))
    (fields,) = exported["orders"]
    assert exported["departments"] == {"dept-b": "示范市住建局"}
    assert (fields["number"], fields["deadline"]["due_on"], fields["content"]["machine_filled"]) == (
        order.number,
        "2026-12-14",
        ["title", "wish"],
    )
    assert [move["action"] for move in fields["history"]] == [move.action.value for move in order.history]
    assert fields["created_at"] == "2026-11-23T02:00:00Z"
