"""A table of figures: what a page shows, a chart draws and a CSV file holds is the same value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Cell = str | int | float | date | None


class ChartKind(StrEnum):
    """LINES: one line per column over the rows. BARS: per row one bar for each column. STACKED: per row one bar made of the columns.

    NONE: the table alone.
    """

    LINES = "lines"
    BARS = "bars"
    STACKED = "stacked"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first column names the rows. `drawn` are the places of the columns a chart shows. `note` says how it was counted.

    `id` is its address. None in a cell: there is nothing to count.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: ChartKind = ChartKind.NONE
    drawn: tuple[int, ...] = ()
    unit: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing but zeros and names."""
        return not any(cell for row in self.rows for cell in row[1:])
