"""Which passages a search may find, as a condition on the table of passages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Allowed:
    """Those of a generation that bind on `day` (None: any) in one of `regions` (None: any)."""

    generation: int
    day: date | None = None
    regions: tuple[str, ...] | None = None

    @property
    def condition(self) -> str:
        """On the table under the name p; its parameters are `parameters`."""
        parts = ["p.born <= :generation AND :generation < p.died"]
        if self.day is not None:
            parts.append("p.effective_on <= :day AND (p.ends_on IS NULL OR :day < p.ends_on)")
        if self.regions is not None:
            parts.append("p.region = ANY(:regions)")
        return " AND ".join(parts)

    @property
    def parameters(self) -> dict[str, Any]:
        given: dict[str, Any] = {"generation": self.generation}
        if self.day is not None:
            given["day"] = self.day
        if self.regions is not None:
            given["regions"] = list(self.regions)
        return given
