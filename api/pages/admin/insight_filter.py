"""The filters of the dashboard as they stand in the address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from api.container import Container
from assistant.insight.errors import InvalidSpan
from assistant.insight.models import Span
from assistant.insight.sheets import Sheet

CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class InsightFilter:
    """`days` "7", "30", "90" or "custom", which takes `first` and `last` (ISO); `region` a code or "", `step` a step of answering."""

    days: str
    first: str
    last: str
    region: str
    step: str

    @property
    def query(self) -> str:
        given = {"days": self.days, "first": self.first, "last": self.last, "region": self.region, "step": self.step}
        return urlencode({name: value for name, value in given.items() if value})

    def span(self, container: Container) -> Span:
        """Raises InvalidSpan."""
        rules, today = container.insight.rules, container.today()
        if self.days != CUSTOM:
            days = int(self.days) if self.days.isascii() and self.days.isdigit() and int(self.days) in rules.spans else rules.spans[1]
            return Span(today - timedelta(days=days - 1), today)
        try:
            span = Span(date.fromisoformat(self.first), date.fromisoformat(self.last))
        except ValueError:
            raise InvalidSpan(rules.longest_span) from None
        if not 1 <= span.days <= rules.longest_span or span.first.year < 2000:
            raise InvalidSpan(rules.longest_span)
        return span

    def regions(self, container: Container) -> frozenset[str] | None:
        """The chosen region and all below it; None where none is chosen or it is unknown."""
        chosen = container.regions.resolve(self.region) if self.region else None
        if chosen is None:
            return None
        found, waiting = set(), [chosen.code]
        while waiting:
            code = waiting.pop()
            found.add(code)
            waiting += [child.code for child in container.regions.children(code)]
        return frozenset(found)


def insight_filter(
    days: Annotated[str, Query(max_length=10)] = "30",
    first: Annotated[str, Query(max_length=10)] = "",
    last: Annotated[str, Query(max_length=10)] = "",
    region: Annotated[str, Query(max_length=50)] = "",
    step: Annotated[str, Query(max_length=40)] = "total",
) -> InsightFilter:
    return InsightFilter(days, first, last, region, step)


def sheet_makers(container: Container, span: Span, choice: InsightFilter) -> dict[str, Callable[[], Sheet]]:
    """Every sheet of the dashboard by its address, in the order of the page."""
    figures, regions = container.insight.figures, choice.regions(container)
    step = choice.step if choice.step in container.insight.rules.steps else "total"
    return {
        "endings": lambda: figures.endings(span, regions),
        "topics": lambda: figures.question_topics(span, regions),
        "classes": lambda: figures.order_classes(span, regions),
        "departments": lambda: figures.departments(span, regions),
        "satisfaction": lambda: figures.satisfaction(span),
        "resolved": lambda: figures.resolved(span),
        "feedback": lambda: figures.feedback(span),
        "handoffs": lambda: figures.handoffs(span),
        "latency": lambda: figures.latency(span, step),
    }
