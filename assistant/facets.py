"""What of a matter can be asked."""

from __future__ import annotations

from enum import StrEnum


class Facet(StrEnum):
    """What of a matter is asked: maps to a field of the service guide."""

    MATERIALS = "materials"
    CONDITIONS = "conditions"
    PROCESS = "process"
    TIME_LIMIT = "time_limit"
    FEE = "fee"
    PLACE = "place"
    PHONE = "phone"
    URL = "url"
    HOURS = "hours"
    BASIS = "basis"
