"""Lists of the console as CSV files for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fastapi import Response

from assistant.csv_text import csv_bytes


def csv_response(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """`name` in ASCII, without the suffix."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(csv_bytes(headings, rows), media_type="text/csv; charset=utf-8", headers=headers)
