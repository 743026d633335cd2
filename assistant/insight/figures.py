"""Figures of a span of days as tables. Counts what is stored; reckons shares, topics and working days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from assistant.hotline.order_terms import Satisfaction
from assistant.hotline.ports import WorkingCalendar
from assistant.insight.models import DayCount, OrderTerm, RatingSource, Span
from assistant.insight.ports import FigureStore, Regions
from assistant.insight.rules import InsightRules
from assistant.insight.sheets import Cell, ChartKind, Sheet
from assistant.insight.topics import TopicFinder

OTHERS = "其他"
NO_CLASS = "未分类"
NOT_DISPATCHED = "尚未派单"
_WEEKLY_FROM = 15
_CONTENT = (Satisfaction.VERY_SATISFIED, Satisfaction.SATISFIED, Satisfaction.FAIR)


@dataclass(frozen=True, slots=True)
class Figures:
    """Each method gives one sheet. `regions` None counts everything, also what names no region."""

    store: FigureStore
    rules: InsightRules
    topics: TopicFinder
    calendar: WorkingCalendar
    department_name: Callable[[str], str]
    today: Callable[[], date]

    def endings(self, span: Span, regions: Regions = None) -> Sheet:
        groups = self.rules.groups
        counts: Counter[tuple[date, str]] = Counter()
        for found in self.store.endings(span, regions):
            counts[found.day, self.rules.group_of(found.name).id] += found.count
        days = [(day, [counts[day, group.id] for group in groups]) for day in span.each()]
        return Sheet(
            "endings",
            "每日提问与结果",
            ("日期", "提问", *(group.label for group in groups)),
            tuple((day, sum(numbers), *numbers) for day, numbers in days),
            ChartKind.LINES,
            (1, 2, 3, 4),
            "条",
            "按提问当天（北京时间）和答复的状态计数，一次提问计一条；敏感事项放行以后计入已答复。",
        )

    def question_topics(self, span: Span, regions: Regions = None) -> Sheet:
        found = self.store.subjects(span, regions)
        names = self.topics.topics({each.name for each in found})
        note = "按答复首先引用的办事指南或政策文件的主题计数；没有主题的用标题。没有依据的提问不在其中，不猜主题，见“未答问题”。"
        return self._over_time("topics", "提问的主题", span, [(each.day, names[each.name], each.count) for each in found], note)

    def order_classes(self, span: Span, regions: Regions = None) -> Sheet:
        found = self.store.order_classes(span, regions)
        note = "按工单的一级诉求分类计数，分类由坐席确认；没有填分类的列为未分类。"
        return self._over_time("classes", "工单的诉求分类", span, [(each.day, each.name or NO_CLASS, each.count) for each in found], note)

    def latency(self, span: Span, step: str = "total") -> Sheet:
        found = {each.day: each for each in self.store.latencies(span, step)}
        rows = [(day, each.answers, round(each.p50_ms, 1), round(each.p95_ms, 1)) for day in span.each() if (each := found.get(day))]
        label = self.rules.steps.get(step, step)
        return Sheet(
            "latency",
            f"答复用时：{label}",
            ("日期", "次数", "中位数（毫秒）", "95% 不超过（毫秒）"),
            tuple(rows),
            ChartKind.LINES,
            (2, 3),
            "毫秒",
            "服务器上的用时，不含网络；百分位按就近排名取，都是真实出现过的值。没有提问的日子不列。",
        )

    def feedback(self, span: Span) -> Sheet:
        rows = _daily(span, self.store.feedback(span), _FEEDBACK)
        note = "一条答复可以评价多次，每次计一次。"
        return Sheet("feedback", "对答复的评价", ("日期", *_FEEDBACK.values()), rows, ChartKind.LINES, (1, 2, 3, 4), "次", note)

    def handoffs(self, span: Span) -> Sheet:
        rows = _daily(span, self.store.handoffs(span), _HANDOFFS)
        note = "按提出转人工的当天计数，列为现在的状态。"
        return Sheet("handoffs", "转人工", ("日期", *_HANDOFFS.values()), rows, ChartKind.LINES, (1, 2, 3, 4), "次", note)

    def satisfaction(self, span: Span) -> Sheet:
        counts = {(each.source, each.grade): each.count for each in self.store.grades(span)}
        rows: list[tuple[Cell, ...]] = []
        for source in RatingSource:
            numbers = [counts.get((source, step), 0) for step in Satisfaction]
            content = sum(counts.get((source, step), 0) for step in _CONTENT)
            rows.append((source.label, *numbers, sum(numbers), share(content, sum(numbers))))
        steps = tuple(step.label for step in Satisfaction)
        return Sheet(
            "satisfaction",
            "满意度",
            ("来源", *steps, "合计", "满意率（%）"),
            tuple(rows),
            ChartKind.STACKED,
            tuple(range(1, 1 + len(steps))),
            "份",
            "满意率＝非常满意、满意、基本满意之和占全部评价的比例。对话问卷按填写日，人工服务按提出日，工单按登记日计入；同一件事只问一次。",
        )

    def resolved(self, span: Span) -> Sheet:
        counts: Counter[str] = Counter()
        for each in self.store.resolved(span):
            counts[each.name] += each.count
        total = counts.total()
        rows = tuple((label, counts[value], share(counts[value], total)) for value, label in _RESOLVED)
        return Sheet(
            "resolved", "问题解决了吗（问卷）", ("回答", "份数", "占比（%）"), rows, note="对话、人工服务和工单的问卷合计，没有选的不计。"
        )

    def departments(self, span: Span, regions: Regions = None) -> Sheet:
        terms = self.store.order_terms(span, regions)
        back: Counter[str] = Counter()
        for each in self.store.sent_back(span):
            back[each.name] += each.count
        of: dict[str, list[OrderTerm]] = {name: [] for name in back if name and regions is None}
        for term in terms:
            of.setdefault(term.department_id, []).append(term)
        ordered = sorted(of, key=lambda name: (not name, -len(of[name]), name))
        return Sheet(
            "departments",
            "承办单位办件与时限",
            ("承办单位", "办件", "按期答复", "逾期答复", "逾期未答复", "未到期", "按期率（%）", "平均工作日", "退单次数"),
            tuple((self.department_name(name) or name or NOT_DISPATCHED, *self._terms(of[name]), back[name]) for name in ordered),
            ChartKind.STACKED,
            (2, 3, 4, 5),
            "件",
            "按登记日在所选日期内的工单计数。按期率＝按期答复占已答复和逾期未答复之和的比例；平均工作日从登记次日算到最近一次答复。"
            "退单按退回当天计，算在退回的单位名下。",
        )

    def _terms(self, terms: Sequence[OrderTerm]) -> tuple[Cell, ...]:
        today = self.today()
        replied = [(term, term.replied_on) for term in terms if term.replied_on is not None]
        in_time = sum(on <= term.due_on for term, on in replied)
        overdue = sum(term.replied_on is None and term.due_on < today for term in terms)
        late = len(replied) - in_time
        days = [self.calendar.working_days_left(term.created_on, on) for term, on in replied]
        average = round(sum(days) / len(days), 1) if days else None
        still_open = len(terms) - len(replied) - overdue
        return len(terms), in_time, late, overdue, still_open, share(in_time, len(replied) + overdue), average

    def _over_time(self, name: str, title: str, span: Span, found: Iterable[tuple[date, str, int]], note: str) -> Sheet:
        """By day, by week (from the first day on) where there are many; the most frequent names, the rest together."""
        length = 1 if span.days < _WEEKLY_FROM else 7
        found = list(found)
        totals: Counter[str] = Counter()
        for _, topic, number in found:
            totals[topic] += number
        shown = [topic for topic, _ in sorted(totals.items(), key=lambda each: (-each[1], each[0]))[: self.rules.shown_topics]]
        counts: Counter[tuple[int, str]] = Counter()
        for day, topic, number in found:
            counts[(day - span.first).days // length, topic if topic in shown else OTHERS] += number
        columns = [*shown, OTHERS] if len(totals) > len(shown) else shown
        starts = range(-(-span.days // length))
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (span.first + timedelta(days=start * length), *(counts[start, column] for column in columns)) for start in starts
        )
        heading = "日期" if length == 1 else "从这天起的一周"
        if span.days % length:
            note += f"最后一格只有 {span.days % length} 天。"
        return Sheet(name, title, (heading, *columns), rows, ChartKind.LINES, tuple(range(1, 1 + len(shown))), "条", note)


_FEEDBACK = {"helpful": "有帮助", "not_helpful": "没有帮助", "wants_person": "希望转人工", "wrong": "坐席标记答错"}
_HANDOFFS = {"waiting": "等待接入", "claimed": "正在服务", "closed": "已结束", "became_order": "已转为工单"}
_RESOLVED = (("yes", "解决了"), ("partly", "解决了一部分"), ("no", "没有解决"))


def _daily(span: Span, found: Iterable[DayCount], columns: Mapping[str, str]) -> tuple[tuple[Cell, ...], ...]:
    counts = {(each.day, each.name): each.count for each in found}
    return tuple((day, *(counts.get((day, column), 0) for column in columns)) for day in span.each())


def share(part: int, whole: int) -> float | None:
    """In percent, one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
