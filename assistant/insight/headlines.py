"""The few numbers that stand above all charts, each beside the equally long span before."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.hotline.order_terms import Satisfaction
from assistant.insight.figures import Figures, share
from assistant.insight.models import Span
from assistant.insight.ports import Regions

_CONTENT = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.FAIR)


@dataclass(frozen=True, slots=True)
class Headline:
    """`now` and `before` as shown, "—" where there was nothing to count."""

    label: str
    now: str
    before: str


def headlines(figures: Figures, span: Span, regions: Regions = None) -> tuple[Headline, ...]:
    now, before = _numbers(figures, span, regions), _numbers(figures, span.before, regions)
    return tuple(Headline(label, number, before[label]) for label, number in now.items())


def _numbers(figures: Figures, span: Span, regions: Regions) -> dict[str, str]:
    by_group: dict[str, int] = {}
    for each in figures.store.endings(span, regions):
        group = figures.rules.group_of(each.name).id
        by_group[group] = by_group.get(group, 0) + each.count
    answered, refused = by_group.get("answered", 0), by_group.get("refused", 0)
    grades = figures.store.grades(span)
    content = sum(each.count for each in grades if each.grade in _CONTENT)
    terms = figures.store.order_terms(span, regions)
    today = figures.today()
    due = [term for term in terms if term.replied_on is not None or term.due_on < today]
    in_time = sum(term.replied_on is not None and term.replied_on <= term.due_on for term in due)
    return {
        "提问": str(sum(by_group.values())),
        "有依据的比例": _percent(answered, answered + refused),
        "没有依据": str(refused),
        "转人工": str(sum(each.count for each in figures.store.handoffs(span))),
        "满意率": _percent(content, sum(each.count for each in grades)),
        "工单": str(len(terms)),
        "工单按期率": _percent(in_time, len(due)),
    }


def _percent(part: int, whole: int) -> str:
    number = share(part, whole)
    return "—" if number is None else f"{number}%"
